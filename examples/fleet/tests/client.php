<?php
// The client of the end point's page, as it stands there but for the address, the secret and what is asked for: once as
// JSON, once as a form post. It checks what it gets as PHP sees it.
$url = $argv[1];
$client_id = "fleet";
$client_secret = "secret";
$data = [
    'campaign' => "cam_15111",
    'amount' => 250,
    'status' => "activated",
    'automated_codes' => true,
    'code_prefix' => "test_",
    'code_length' => 10,
    'code_type' => "alphanumeric",
];

function ask($url, $headers, $body) {
    $ch = curl_init();
    curl_setopt($ch, CURLOPT_URL, "$url");
    curl_setopt($ch, CURLOPT_POST, true);
    curl_setopt($ch, CURLOPT_RETURNTRANSFER, true);
    curl_setopt($ch, CURLOPT_HTTPHEADER, $headers);
    curl_setopt($ch, CURLOPT_POSTFIELDS, $body);
    $response = curl_exec($ch);
    if ($response === false || curl_getinfo($ch, CURLINFO_HTTP_CODE) !== 200) {
        fwrite(STDERR, "HTTP " . curl_getinfo($ch, CURLINFO_HTTP_CODE) . " " . curl_error($ch) . "\n" . $response);
        exit(1);
    }
    return json_decode($response, true, 512, JSON_THROW_ON_ERROR);
}

function check($answer, $first_id) {
    $is_right = $answer['status']['status'] === "OK"
        && $answer['campaign'] === "cam_15111"
        && $answer['action'] === "multiple_single_use_codes_created"
        && count($answer['data']) === 250;
    foreach ($answer['data'] as $i => $coupon) {
        $is_right = $is_right
            && preg_match('/^[0-9a-z]{21}$/', $coupon['single_use_code'])
            && $coupon['sequence_id'] === $first_id + $i
            && $coupon['single_use_url'] === "https://coupons.example/cam_15111/" . $coupon['single_use_code']
            && $coupon['widget_validation_code'] === substr($coupon['single_use_code'], 0, 6)
            && preg_match('/^test_[0-9A-Za-z]{10}$/', $coupon['custom_validation_code'])
            && strtotime($coupon['expirydate']) - strtotime($coupon['create_date']) === 86400
            && $coupon['voided'] === "0";
    }
    if (!$is_right) {
        fwrite(STDERR, "not the page's envelope\n");
        exit(1);
    }
}

$secrets = ["X-Client-Id: $client_id", "X-Client-Secret: $client_secret"];
$answer = ask($url, [...$secrets, "Content-Type: application/json"], json_encode($data));
check($answer, 1);
check(ask($url, $secrets, http_build_query($data)), 251);
echo json_encode(['names' => array_keys($answer['data'][0]), 'coupons' => count($answer['data'])]), "\n";
