SELECT single_use_code, custom_validation_code FROM coupons WHERE campaign = ?
