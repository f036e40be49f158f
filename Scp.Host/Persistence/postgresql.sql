-- Tables of the health journal for PostgreSQL 10 and later, as Akka.Persistence.Sql reads and writes them. scpd makes them itself when
-- they are missing, unless scp.persistence.auto-initialize is off; then run this once as the owner of the schema, and grant scpd's role
-- SELECT, INSERT, UPDATE and DELETE on the tables.
CREATE TABLE IF NOT EXISTS journal (
  ordering        BIGINT  GENERATED ALWAYS AS IDENTITY CONSTRAINT "PK_journal" PRIMARY KEY,
  created         BIGINT  NOT NULL,
  deleted         BOOLEAN NOT NULL,
  persistence_id  TEXT    NOT NULL,
  sequence_number BIGINT  NOT NULL,
  message         BYTEA   NOT NULL,
  manifest        TEXT,
  identifier      INTEGER,
  writer_uuid     TEXT,
  CONSTRAINT journal_uq UNIQUE (persistence_id, sequence_number)
);

CREATE TABLE IF NOT EXISTS snapshot (
  persistence_id  TEXT   NOT NULL,
  sequence_number BIGINT NOT NULL,
  created         BIGINT NOT NULL,
  snapshot        BYTEA,
  manifest        TEXT,
  serializer_id   INTEGER,
  CONSTRAINT "PK_snapshot" PRIMARY KEY (persistence_id, sequence_number)
);

-- Never filled by scpd; the journal plugin expects it.
CREATE TABLE IF NOT EXISTS tags (
  ordering_id    BIGINT NOT NULL,
  tag            TEXT   NOT NULL,
  sequence_nr    BIGINT NOT NULL,
  persistence_id TEXT   NOT NULL,
  CONSTRAINT "PK_tags" PRIMARY KEY (ordering_id, tag)
);
