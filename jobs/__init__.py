"""The team's jobs: one file each, listed here in the order in which people see them."""

from jobs.announce import announce
from jobs.channel_digest import channel_digest
from jobs.error_report import error_report
from jobs.export_channel import export_channel
from jobs.invoke_function import invoke_function
from runs.job import Jobs

JOBS = Jobs([export_channel, channel_digest, announce, error_report, invoke_function])
