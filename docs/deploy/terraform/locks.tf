# The lock table of neuralake-lock-dynamodb, its table of leases, and what a writer may do with them.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

variable "entries_table" {
  description = "Name of the lock table: DynamoDb.table, DELTA_DYNAMO_TABLE_NAME, or ddb.tableName in Spark."
  type        = string
  default     = "delta_log"
}

variable "leases_table" {
  description = "Name of the table of leases: DynamoDb.leaseTable."
  type        = string
  default     = "neuralake_leases"
}

variable "bucket" {
  description = "The bucket that holds the tables."
  type        = string
}

resource "aws_dynamodb_table" "entries" {
  name         = var.entries_table
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "tablePath"
  range_key    = "fileName"

  attribute {
    name = "tablePath"
    type = "S"
  }

  attribute {
    name = "fileName"
    type = "S"
  }

  ttl {
    attribute_name = "expireTime"
    enabled        = true
  }

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled = true
  }

  deletion_protection_enabled = true
}

resource "aws_dynamodb_table" "leases" {
  name         = var.leases_table
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "tablePath"
  range_key    = "lockId"

  attribute {
    name = "tablePath"
    type = "S"
  }

  attribute {
    name = "lockId"
    type = "S"
  }

  ttl {
    attribute_name = "ttl"
    enabled        = true
  }
}

# For each writer. Readers finish commits that a crashed writer left, so they need it too.
resource "aws_iam_policy" "writer" {
  name = "neuralake-writer"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "Entries"
        Effect = "Allow"
        Action = [
          "dynamodb:DescribeTable",
          "dynamodb:DescribeTimeToLive",
          "dynamodb:GetItem",
          "dynamodb:PutItem",
          "dynamodb:Query",
        ]
        Resource = aws_dynamodb_table.entries.arn
      },
      {
        Sid    = "Leases"
        Effect = "Allow"
        Action = [
          "dynamodb:DescribeTable",
          "dynamodb:DescribeTimeToLive",
          "dynamodb:UpdateItem",
        ]
        Resource = aws_dynamodb_table.leases.arn
      },
      {
        Sid      = "Files"
        Effect   = "Allow"
        Action   = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"]
        Resource = "arn:aws:s3:::${var.bucket}/*"
      },
      {
        Sid      = "Listing"
        Effect   = "Allow"
        Action   = ["s3:ListBucket"]
        Resource = "arn:aws:s3:::${var.bucket}"
      },
    ]
  })
}

output "writer_policy_arn" {
  value = aws_iam_policy.writer.arn
}
