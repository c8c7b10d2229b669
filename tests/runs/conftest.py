from tests.aws.fixtures import aws, table

__all__ = ["aws", "table"]
