-- Tables of the health journal for SQLite, as Akka.Persistence.Sql reads and writes them. scpd makes them itself when they are missing.
CREATE TABLE IF NOT EXISTS journal (
  ordering        INTEGER       NOT NULL PRIMARY KEY AUTOINCREMENT,
  created         INTEGER       NOT NULL,
  deleted         BIT           NOT NULL,
  persistence_id  NVARCHAR(255) NOT NULL,
  sequence_number INTEGER       NOT NULL,
  message         VARBINARY     NOT NULL,
  manifest        NVARCHAR(500),
  identifier      INTEGER,
  writer_uuid     NVARCHAR(128)
);
CREATE UNIQUE INDEX IF NOT EXISTS journal_uq ON journal (persistence_id, sequence_number);

CREATE TABLE IF NOT EXISTS snapshot (
  persistence_id  NVARCHAR(255) NOT NULL,
  sequence_number INTEGER       NOT NULL,
  created         INTEGER       NOT NULL,
  snapshot        VARBINARY,
  manifest        NVARCHAR(500),
  serializer_id   INTEGER,
  CONSTRAINT PK_snapshot PRIMARY KEY (persistence_id, sequence_number)
);

-- Never filled by scpd; the journal plugin expects it.
CREATE TABLE IF NOT EXISTS tags (
  ordering_id    INTEGER       NOT NULL,
  tag            NVARCHAR(64)  NOT NULL,
  sequence_nr    INTEGER       NOT NULL,
  persistence_id NVARCHAR(255) NOT NULL,
  CONSTRAINT PK_tags PRIMARY KEY (ordering_id, tag)
);
