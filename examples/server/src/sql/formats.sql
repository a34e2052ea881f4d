SELECT DISTINCT format FROM batches WHERE campaign = ? AND format IS NOT NULL
