INSERT INTO coupons VALUES (
    :sequence_id, :campaign, :single_use_code, :single_use_url, :widget_validation_code, :custom_validation_code,
    :expirydate, :create_date, :voided
)
