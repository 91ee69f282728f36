"""What is kept: SQLAlchemy models, sessions, encryption, migrations and the job queue's door."""
