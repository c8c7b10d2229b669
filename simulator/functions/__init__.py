"""Custom steps: functions of the app that a workflow runs."""
