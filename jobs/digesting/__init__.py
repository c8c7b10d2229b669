"""The parts of the channel-digest job: counting a channel's messages, and showing what was counted."""
