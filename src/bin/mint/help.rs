//! What `--help` says besides the options.

pub(crate) const EXAMPLES_AND_STATUS: &str = "\
Examples:
  mint                                      100,000 coupons, to coupons.json
  mint -n 500 -f csv -o - | less            500 coupons as CSV, to look at
  mint -n 1 --automated-codes false -o -    one coupon without a custom code
  mint --batches 20 -f csv                  2,000,000 coupons in one file
  mint --pattern 'SUMMER-####-####' --alphabet crockford --check iso7064
  mint --without-words english              none that embarrasses the shop
  mint -n 500 -f html                       500 coupons to print and cut out
  mint --code-prefix SPRING- --code-type numeric --code-length 8 --valid-for 3mo
  mint --url-template 'https://shop.example/redeem?coupon={code}'
  mint --campaign-file spring.campaign      more of the same campaign at each run
  mint --reserve old.csv --reserve-column single_use_code,custom_validation_code
  echo '{\"campaign\": \"cam_15111\"}' | mint --request -

Exit status:
  0  the coupons are written
  1  the request is refused, or they cannot be written; a file that was there is as it was
     (but with --request the refusal is what is written)
  2  an option is wrong, or a file that it names";
