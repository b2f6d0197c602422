"""Runs migrations on the connection that `cryptoflow.storage.migrating` hands over, in its transaction."""

from alembic import context

from cryptoflow.storage.migrating import schema_of

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    version_table_schema=schema_of(connection),
    transactional_ddl=True,
    transaction_per_migration=False,
)
context.run_migrations()
