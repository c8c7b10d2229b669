"""What Slack still takes from before Block Kit: dialogs, and attachments with buttons and menus."""
