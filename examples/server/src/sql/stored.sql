-- Whether the stored request is the same, and what its coupons are.
SELECT fingerprint = ?2, campaign, first_sequence_id, amount FROM batches WHERE request_key = ?1
