from tests.aws.fixtures import aws, deployed, moto, table

__all__ = ["aws", "deployed", "moto", "table"]
