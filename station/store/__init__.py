"""The embedded encrypted store: tables, repositories, unit of work, migrations. SQL lives here alone."""
