//! The address of a coupon: what engines take, what they refuse, what comes out.

use std::panic;

use couponmint::{Campaign, Engine, EngineBuilder, Error, Request, UrlSetting};
use serde_json::Value;

use crate::common::{CAMPAIGN, alphanumeric, built, custom, plain};

const TEMPLATE: &str = "https://shop.example/redeem?c={campaign}&coupon={code}";

/// That coupons have this address, with `CODE` for their codes, however it is written.
#[track_caller]
fn assert_links(builder: EngineBuilder, link: &str) {
    let engine = built(builder);
    for request in [plain(3), custom(3, &alphanumeric("test_", 10))] {
        let batch = engine.generate(&request).unwrap();
        let json = batch.to_json();
        assert_eq!(json, serde_json::to_vec(&batch).unwrap());
        let envelope: Value = serde_json::from_slice(&json).unwrap();
        for (coupon, row) in batch.iter().zip(envelope["data"].as_array().unwrap()) {
            let url = link.replace("CODE", coupon.single_use_code());
            assert_eq!(coupon.single_use_url().to_string(), url);
            assert_eq!(row["single_use_url"], url);
        }
    }
}

#[track_caller]
fn assert_refused(builder: EngineBuilder, setting: UrlSetting, input: &str) {
    let error = builder.try_build().expect_err(input);
    assert_eq!(error, Error::InvalidUrl { setting }, "{input}");
    assert_eq!((error.code(), error.parameter()), (302, None));
}

fn with_base(url: &str) -> EngineBuilder {
    Engine::builder().base_url(url)
}

fn with_template(template: &str) -> EngineBuilder {
    Engine::builder().url_template(template)
}

#[test]
fn base_url() {
    for (base, start) in [
        ("https://a.example", "https://a.example/"),
        ("https://a.example/", "https://a.example/"),
        ("https://a.example/x", "https://a.example/x/"),
        ("http://localhost:8080", "http://localhost:8080/"),
        (
            "HTTPS://[2001:db8::1]:443/~a/%7e",
            "HTTPS://[2001:db8::1]:443/~a/%7e/",
        ),
        ("my-app+v1.0://open", "my-app+v1.0://open/"),
        ("https://a.example/?c=", "https://a.example/?c=/"),
    ] {
        assert_links(with_base(base), &format!("{start}{CAMPAIGN}/CODE"));
    }
    assert_links(
        Engine::builder(),
        &format!("https://coupons.example/{CAMPAIGN}/CODE"),
    );
}

#[test]
fn url_template() {
    for (template, link) in [
        (
            TEMPLATE,
            "https://shop.example/redeem?c=cam_15111&coupon=CODE",
        ),
        ("https://shop.example/{code}", "https://shop.example/CODE"),
        ("https://shop.example/#{code}", "https://shop.example/#CODE"),
        (
            "https://{campaign}.example/{campaign}{code}{campaign}?{campaign}",
            "https://cam_15111.example/cam_15111CODEcam_15111?cam_15111",
        ),
        (
            "https://shop.example/a'b()*;c={code}/end",
            "https://shop.example/a'b()*;c=CODE/end",
        ),
        ("shop://{code}", "shop://CODE"),
    ] {
        assert_links(with_template(template), link);
    }
}

/// Each campaign of an engine has its own.
#[test]
fn campaigns_are_filled_in() {
    let engine = built(with_template(TEMPLATE));
    for name in ["a", "-_-", "0"] {
        assert!(engine.add_campaign(Campaign::new(name).unwrap()));
        let batch = engine.generate(&Request::new(name).unwrap()).unwrap();
        let coupon = batch.get(0).unwrap();
        assert_eq!(
            coupon.single_use_url().to_string(),
            format!(
                "https://shop.example/redeem?c={name}&coupon={}",
                coupon.single_use_code()
            )
        );
    }
}

#[test]
fn the_later_setting_wins() {
    let base = "https://a.example";
    let link = format!("{base}/{CAMPAIGN}/CODE");
    assert_links(with_template("wrong").base_url(base), &link);
    let link = "https://shop.example/redeem?c=cam_15111&coupon=CODE";
    assert_links(with_base("wrong").url_template(TEMPLATE), link);
    let again = with_template(TEMPLATE)
        .base_url(base)
        .url_template(TEMPLATE);
    assert_links(again, link);
    let wrong = with_base(base).url_template("wrong");
    assert_refused(wrong, UrlSetting::UrlTemplate, "wrong last");
}

/// No scheme, no host, or characters that no address has.
const NO_ADDRESSES: [&str; 27] = [
    "",
    "/",
    "shop.example/",
    "www.shop.example",
    "//shop.example/",
    "/redeem/",
    "https:",
    "https:/shop.example/",
    "https:shop.example",
    "https://",
    "https:///redeem/",
    "https://:80/",
    "https://user@/",
    "://shop.example/",
    "1https://shop.example/",
    "ht tps://shop.example/",
    "mailto:shop@shop.example",
    "https://shop example/",
    "https://shop.example/a b/",
    "https://shop.example/ä/",
    "https://shop.example/\"/",
    "https://shop.example/<b>/",
    "https://shop.example/\\/",
    "https://shop.example/\n",
    "https://shop.example/%zz/",
    "https://shop.example:port/",
    "https://[::1/",
];

#[test]
fn what_is_no_absolute_address_is_refused() {
    for address in NO_ADDRESSES {
        assert_refused(with_base(address), UrlSetting::BaseUrl, address);
        let template = format!("{address}{{code}}");
        // A host may well be a code.
        if address != "https://" {
            assert_refused(with_template(&template), UrlSetting::UrlTemplate, &template);
        }
    }
}

#[test]
fn braces_other_than_the_two_are_refused() {
    for address in [
        "https://{campaign}.example",
        "https://a.example/{code}",
        "https://a.example/{",
    ] {
        assert_refused(with_base(address), UrlSetting::BaseUrl, address);
    }
    for template in [
        "https://shop.example/",
        "https://shop.example/{campaign}",
        "https://shop.example/{code}{code}",
        "https://shop.example/{code}/{code}",
        "https://shop.example/{code}{",
        "https://shop.example/{code}}",
        "https://shop.example/{{code}}",
        "https://shop.example/{}{code}",
        "https://shop.example/{Code}",
        "https://shop.example/{code}?c={Campaign}",
        "https://shop.example/{ code }",
        "https://shop.example/{code:6}",
        "https://shop.example/{widget}/{code}",
        "https://shop.example/{code{campaign}}",
        "https://shop.example/{co{campaign}de}",
    ] {
        assert_refused(with_template(template), UrlSetting::UrlTemplate, template);
    }
}

/// Some codes or campaigns would fit there, others would not.
#[test]
fn places_that_not_every_code_fits_are_refused() {
    for template in [
        "{code}://shop.example/",
        "{campaign}://shop.example/{code}",
        "https://shop.example:{code}/",
        "https://shop.example:{campaign}/{code}",
        "https://shop.example/%{code}",
        "https://shop.example/%a{code}",
        "https://shop.example/%a{campaign}/{code}",
        "https://[::{code}]/",
    ] {
        assert_refused(with_template(template), UrlSetting::UrlTemplate, template);
    }
}

#[test]
fn the_sentence_says_what_is_allowed() {
    let text = |builder: EngineBuilder| builder.try_build().unwrap_err().to_string();
    assert_eq!(
        text(with_base("wrong\n")),
        "base_url must be an absolute address, like \"https://shop.example/coupons/\"."
    );
    assert_eq!(
        text(with_template("wrong\n")),
        "url_template must be an absolute address with {code} once and, if you like, {campaign}, \
         like \"https://shop.example/redeem?c={campaign}&coupon={code}\"."
    );
    let names = [UrlSetting::BaseUrl, UrlSetting::UrlTemplate].map(|setting| setting.to_string());
    assert_eq!(names, ["base_url", "url_template"]);
}

#[test]
fn build_panics_with_the_sentence() {
    let panicked = panic::catch_unwind(|| with_base("wrong").build()).unwrap_err();
    let sentence = with_base("wrong").try_build().unwrap_err().to_string();
    assert_eq!(panicked.downcast_ref::<String>(), Some(&sentence));
}
