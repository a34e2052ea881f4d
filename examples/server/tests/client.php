<?php
// The client of the page "Create multiple single use access URLs", as it stands there, with the address and what it
// sends from the command line: php client.php URL json|form PARAMETERS
[, $url, $kind, $parameters] = $argv;
$ch = curl_init();
$client_id = "XXX"; // Your API client ID (required)
$client_secret = "YYY"; // Your API client secret (required)
parse_str($parameters, $data);
curl_setopt($ch, CURLOPT_URL, "$url");
curl_setopt($ch, CURLOPT_POST, true);
curl_setopt($ch, CURLOPT_RETURNTRANSFER, true);
if ($kind === "json") {
    curl_setopt($ch, CURLOPT_HTTPHEADER, [
        "X-Client-Id: $client_id",
        "X-Client-Secret: $client_secret",
        "Content-Type: application/json",
    ]);
    curl_setopt($ch, CURLOPT_POSTFIELDS, json_encode($data));
} else {
    curl_setopt($ch, CURLOPT_POSTFIELDS, http_build_query($data + ["client_id" => $client_id, "client_secret" => $client_secret]));
}
$response = curl_exec($ch);
$data = json_decode($response, true, 512, JSON_THROW_ON_ERROR);
foreach ($data["data"] as $coupon) {
    echo $coupon["sequence_id"], " ", $coupon["single_use_code"], " ", $coupon["custom_validation_code"] ?? "-", "\n";
}
