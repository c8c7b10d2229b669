"""The offline workspace: a Slack look-alike on loopback for developing and testing apps."""
