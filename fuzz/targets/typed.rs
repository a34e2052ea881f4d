#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| couponmint_fuzz::typed::check(data));
