SELECT * FROM coupons WHERE sequence_id >= ? AND sequence_id < ? ORDER BY sequence_id
