"""The parts of the error-report job: asking CloudWatch Logs Insights, and making messages that mean the same one."""
