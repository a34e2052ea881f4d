PRAGMA journal_mode = WAL;

-- What the coupons of a request share. If its key comes again, it has to be the same request.
CREATE TABLE IF NOT EXISTS batches (
    request_key BLOB UNIQUE,
    fingerprint BLOB NOT NULL,
    first_sequence_id INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    campaign TEXT NOT NULL,
    format TEXT
);

-- The rows of the answers. Codes that differ only in case are different codes. So they are to SQLite; many databases have
-- to be told.
CREATE TABLE IF NOT EXISTS coupons (
    sequence_id INTEGER PRIMARY KEY,
    campaign TEXT NOT NULL,
    single_use_code TEXT NOT NULL,
    single_use_url TEXT NOT NULL,
    widget_validation_code TEXT NOT NULL,
    custom_validation_code TEXT,
    expirydate TEXT,
    create_date TEXT NOT NULL,
    voided TEXT NOT NULL,
    UNIQUE (campaign, widget_validation_code),
    UNIQUE (campaign, custom_validation_code)
);
