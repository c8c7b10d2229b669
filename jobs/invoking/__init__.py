"""The parts of the invoke-function job: invoking a Lambda function once, and showing what came of it."""
