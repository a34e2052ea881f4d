-- What all machines share. The first one of them makes all of it, in one transaction.

-- What machines have to agree on, as the first one of them declared it.
CREATE TABLE campaign (
    id text PRIMARY KEY,
    fingerprint text NOT NULL,
    valid_for bigint NOT NULL
);

-- The next serial of the single-use codes and of each format of each campaign, and the next sequence id of all (campaign '').
CREATE TABLE counter (
    campaign text NOT NULL,
    name text NOT NULL,
    next bigint NOT NULL,
    capacity bigint NOT NULL,
    PRIMARY KEY (campaign, name),
    CONSTRAINT counter_is_full CHECK (next BETWEEN 0 AND capacity)
);

-- One row per request: the serials that are its own. It is unfinished until its coupons are stored.
CREATE TABLE lease (
    sequence_id bigint PRIMARY KEY,
    request_id text NOT NULL,
    campaign text NOT NULL REFERENCES campaign,
    amount bigint NOT NULL CHECK (amount > 0),
    status text NOT NULL,
    format text,
    single_use bigint NOT NULL,
    custom bigint CHECK ((custom IS NULL) = (format IS NULL)),
    create_date timestamptz NOT NULL,
    expiry_date timestamptz,
    finished_at timestamptz,
    CONSTRAINT lease_is_known UNIQUE (request_id)
);
CREATE INDEX lease_unfinished ON lease (create_date) WHERE finished_at IS NULL;

-- The codes would be distinct without these indexes: they are there to look codes up, and to prove it.
CREATE TABLE coupon (
    sequence_id bigint PRIMARY KEY,
    lease bigint NOT NULL,
    campaign text NOT NULL,
    single_use_code text NOT NULL,
    custom_validation_code text,
    redeemed_at timestamptz,
    redeemed_by text
);
CREATE UNIQUE INDEX coupon_widget_code ON coupon (campaign, left(single_use_code, 6));
CREATE UNIQUE INDEX coupon_custom_code ON coupon (campaign, custom_validation_code);
