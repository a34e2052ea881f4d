//! The service over real connections and a real database: what clients and accidents of all kinds are answered.

mod machine;

use std::{path::Path, process::Stdio, time::Duration};

use hyper::{Method, StatusCode, body::Bytes};
use serde_json::{Value, json};
use sqlx::{query, query_scalar};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    process::Command,
    time::{Instant, sleep, timeout},
};

use crate::{
    drill::http::Call,
    tests::machine::{another, call, custom, machine},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_stored_and_repeated_byte_for_byte_by_any_machine() {
    let machine = machine().await;
    let (_, other) = another(&machine.postgres, &[]).await.unwrap();
    let mut activated = custom(5_000, "alphanumeric");
    activated["status"] = "activated".into();
    let call_once = call(&activated).with("idempotency-key", "order-1");
    let first = machine.ask(&call_once).await;
    assert_eq!(first.status, StatusCode::OK);
    assert_eq!(first.json()["data"].as_array().unwrap().len(), 5_000);
    assert_eq!(first.json()["data"][0]["sequence_id"], 1);
    sleep(Duration::from_millis(1_100)).await; // its dates must not be those of the repetition
    assert!(call_once.send(other).await.unwrap().body == first.body);
    assert_eq!(machine.stored().await, 5_000);

    activated["amount"] = 4_999.into();
    let reused = machine
        .ask(&call(&activated).with("idempotency-key", "order-1"))
        .await;
    reused.assert_is(422, &[422]);
    let form = Call {
        body: Bytes::from_static(
            b"campaign=cam_15111&amount=3&client_id=fleet&client_secret=secret",
        ),
        headers: vec![(
            "content-type",
            "application/x-www-form-urlencoded".to_owned(),
        )],
        ..call(&Value::Null)
    };
    assert_eq!(
        machine.ask(&form).await.json()["data"][2]["sequence_id"],
        5_003
    );
    assert_eq!(
        machine
            .metric("fleet_requests_total{outcome=\"accepted\"}")
            .await,
        2
    );
    assert_eq!(machine.metric("fleet_coupons_total").await, 5_003);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_said_and_changes_nothing() {
    let machine = machine().await;
    let good = json!({"campaign": "cam_15111"});
    let wrong_secret = call(&good).with("x-client-secret", "Secret");
    machine.ask(&wrong_secret).await.assert_is(401, &[401]);
    machine
        .ask(&call(&json!({"campaign": "cam_unknown"})))
        .await
        .assert_is(422, &[502]);
    let both = json!({"campaign": "cam_unknown", "amount": "ten"});
    machine.ask(&call(&both)).await.assert_is(422, &[502, 301]);
    machine
        .ask(&call(&good).with("content-type", "text/xml"))
        .await
        .assert_is(415, &[415]);
    machine
        .ask(&call(&good).with("idempotency-key", &"x".repeat(129)))
        .await
        .assert_is(400, &[400]);
    machine
        .ask(&call(&good).at(Method::GET, "/elsewhere"))
        .await
        .assert_is(404, &[404]);
    machine
        .ask(&call(&good).at(Method::PUT, "/single_use/create_multiple"))
        .await
        .assert_is(405, &[405]);
    let undeclared = json!({
        "campaign": "cam_15111", "automated_codes": true,
        "code_prefix": "B", "code_length": 12, "code_type": "numeric",
    });
    machine.ask(&call(&undeclared)).await.assert_is(422, &[302]);
    let long = Call {
        body: Bytes::from(vec![b' '; 10_000_000]),
        ..call(&good)
    };
    machine.ask(&long).await.assert_is(413, &[413]);
    machine
        .ask(&Call {
            body: Bytes::from_static(b"{"),
            ..call(&good)
        })
        .await
        .assert_is(422, &[302]);

    assert_eq!(machine.stored().await, 0);
    let leases: i64 = query_scalar("SELECT count(*) FROM lease")
        .fetch_one(&machine.pool)
        .await
        .unwrap();
    assert_eq!(leases, 0);
    assert_eq!(
        machine.ask(&call(&good)).await.json()["data"][0]["sequence_id"],
        1
    );
}

/// Half of a form post could ask for something else.
#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_cut_off_is_no_request() {
    let machine = machine().await;
    let head = "POST /single_use/create_multiple HTTP/1.1\r\nhost: fleet\r\n\
        content-type: application/x-www-form-urlencoded\r\nx-client-id: fleet\r\nx-client-secret: secret\r\n\
        content-length: 29\r\n\r\n";
    let (half, rest) = ("campaign=cam_15111&amount=1", "00");
    let mut stream = TcpStream::connect(machine.address).await.unwrap();
    stream
        .write_all(format!("{head}{half}").as_bytes())
        .await
        .unwrap();
    stream.shutdown().await.unwrap();
    let mut ignored = Vec::new();
    let _ = stream.read_to_end(&mut ignored).await;
    assert_eq!(machine.stored().await, 0);

    let mut stream = TcpStream::connect(machine.address).await.unwrap();
    stream
        .write_all(format!("{head}{half}").as_bytes())
        .await
        .unwrap();
    sleep(Duration::from_millis(100)).await;
    stream.write_all(rest.as_bytes()).await.unwrap();
    let mut start = [0; 15];
    stream.read_exact(&mut start).await.unwrap();
    assert_eq!(&start, b"HTTP/1.1 200 OK");
    assert_eq!(machine.stored().await, 100);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_code_is_issued_and_then_601() {
    let machine = machine().await;
    let first = machine
        .ask(&call(&custom(999, "numeric")).with("idempotency-key", "most"))
        .await;
    assert_eq!(first.status, StatusCode::OK);
    let mut codes: Vec<String> = first.json()["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["custom_validation_code"].as_str().unwrap().to_owned())
        .collect();
    machine
        .ask(&call(&custom(2, "numeric")))
        .await
        .assert_is(422, &[601]);
    let last = machine.ask(&call(&custom(1, "numeric"))).await.json();
    codes.push(
        last["data"][0]["custom_validation_code"]
            .as_str()
            .unwrap()
            .to_owned(),
    );
    machine
        .ask(&call(&custom(1, "numeric")))
        .await
        .assert_is(422, &[601]);
    codes.sort();
    let all: Vec<String> = (0..1000).map(|code| format!("{code:03}")).collect();
    assert_eq!(codes, all);
    // A request that is answered already is no request for more.
    let again = machine
        .ask(&call(&custom(999, "numeric")).with("idempotency-key", "most"))
        .await;
    assert!(again.body == first.body);
    let plain = machine.ask(&call(&json!({"campaign": "cam_15111"}))).await;
    assert_eq!(plain.json()["data"][0]["sequence_id"], 1001);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_looked_up_and_redeemed_once() {
    let machine = machine().await;
    let coupon = machine.ask(&call(&custom(1, "alphanumeric"))).await.json()["data"][0].clone();
    let mut voided = custom(1, "alphanumeric");
    voided["status"] = "voided".into();
    let voided = machine.ask(&call(&voided)).await.json()["data"][0].clone();
    let path = |field: &str, end: &str| {
        format!(
            "/coupons/cam_15111/{}{end}",
            coupon[field].as_str().unwrap()
        )
    };
    let page = |method, path: &str| call(&Value::Null).at(method, path);

    for field in [
        "single_use_code",
        "widget_validation_code",
        "custom_validation_code",
    ] {
        let found = machine
            .ask(&page(Method::GET, &path(field, "")))
            .await
            .json();
        assert_eq!(found["sequence_id"], coupon["sequence_id"]);
        assert_eq!(found["create_date"], coupon["create_date"]);
        assert_eq!(found["redeemed"], Value::Null);
    }
    let redeem = page(Method::POST, &path("custom_validation_code", "/redeem"));
    let mine = redeem.clone().with("idempotency-key", "till-1");
    assert_eq!(machine.ask(&mine).await.status, StatusCode::OK);
    assert_eq!(machine.ask(&mine).await.status, StatusCode::OK);
    machine
        .ask(&redeem.with("idempotency-key", "till-2"))
        .await
        .assert_is(409, &[409]);
    machine
        .ask(&page(Method::POST, &path("single_use_code", "/redeem")))
        .await
        .assert_is(409, &[409]);
    let code = voided["single_use_code"].as_str().unwrap();
    machine
        .ask(&page(
            Method::POST,
            &format!("/coupons/cam_15111/{code}/redeem"),
        ))
        .await
        .assert_is(410, &[410]);
    for guess in [
        "zzzzzzzzzzzzzzzzzzzzz",
        "test_0000000000",
        "nothing",
        "zzzzzz",
    ] {
        machine
            .ask(&page(Method::GET, &format!("/coupons/cam_15111/{guess}")))
            .await
            .assert_is(404, &[404]);
    }
    let stranger = page(Method::GET, &path("single_use_code", "")).with("x-client-secret", "");
    machine.ask(&stranger).await.assert_is(401, &[401]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_that_is_set_up_otherwise_is_stopped() {
    let machine = machine().await;
    let other_format = another(
        &machine.postgres,
        &["--format=cam_15111=B-######## numeric"],
    )
    .await;
    assert!(
        other_format
            .unwrap_err()
            .to_string()
            .contains("would issue codes twice")
    );
    let other_validity = another(&machine.postgres, &["--valid-for=60"]).await;
    assert!(
        other_validity
            .unwrap_err()
            .to_string()
            .contains("--valid-for 86400")
    );

    // And one whose counters were changed under it, at its next lease.
    query("UPDATE campaign SET fingerprint = 'of another key'")
        .execute(&machine.pool)
        .await
        .unwrap();
    machine
        .ask(&call(&json!({"campaign": "cam_15111"})))
        .await
        .assert_is(500, &[500]);
    let ids: i64 = query_scalar("SELECT next FROM counter WHERE name = 'sequence_id'")
        .fetch_one(&machine.pool)
        .await
        .unwrap();
    assert_eq!(ids, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_gone_is_said_soon_and_all_goes_on_when_it_is_back() {
    let mut machine = machine().await;
    let request = call(&json!({"campaign": "cam_15111"})).with("idempotency-key", "patient");
    machine.postgres.crash().await.unwrap();
    let start = Instant::now();
    machine.ask(&request).await.assert_is(503, &[503]);
    assert!(start.elapsed() < Duration::from_secs(10));
    machine.postgres.launch().await.unwrap();
    let end = Instant::now() + Duration::from_secs(30);
    let mut answer = machine.ask(&request).await;
    while answer.status == StatusCode::SERVICE_UNAVAILABLE && Instant::now() < end {
        answer = machine.ask(&request).await;
    }
    assert_eq!(answer.json()["data"][9]["sequence_id"], 10);
    assert_eq!(machine.stored().await, 10);
}

/// Clients ask for 100,000 coupons each, 20 MB of an answer, and read the first bytes only.
#[tokio::test(flavor = "multi_thread")]
async fn clients_that_stop_reading_lose_nothing_and_stop_nobody() {
    let machine = machine().await;
    let mut idle = Vec::new();
    for client in 0..5 {
        let mut stream = TcpStream::connect(machine.address).await.unwrap();
        let body = json!({"campaign": "cam_15111", "amount": 100_000}).to_string();
        let head = format!(
            "POST /single_use/create_multiple HTTP/1.1\r\nhost: fleet\r\ncontent-type: application/json\r\n\
            x-client-id: fleet\r\nx-client-secret: secret\r\nidempotency-key: idle-{client}\r\n\
            content-length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut start = [0; 15];
        timeout(Duration::from_mins(1), stream.read_exact(&mut start))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(&start, b"HTTP/1.1 200 OK");
        idle.push(stream);
    }
    assert_eq!(machine.metric("fleet_coupons_in_memory").await, 500_000);
    let others = machine.ask(&call(&json!({"campaign": "cam_15111"}))).await;
    assert_eq!(others.json()["data"][0]["sequence_id"], 500_001);
    // They are let go of, and memory with them.
    let end = Instant::now() + Duration::from_mins(1);
    while machine.metric("fleet_coupons_in_memory").await > 0 {
        assert!(Instant::now() < end, "their coupons stay in memory");
        sleep(Duration::from_millis(500)).await;
    }
    let body = json!({"campaign": "cam_15111", "amount": 100_000});
    let again = machine
        .ask(&call(&body).with("idempotency-key", "idle-0"))
        .await;
    assert_eq!(again.json()["data"][99_999]["sequence_id"], 100_000);
    assert_eq!(machine.stored().await, 500_010);
    drop(idle);
}

/// The client of the end point's page: PHP with curl.
#[tokio::test(flavor = "multi_thread")]
async fn php_gets_the_envelope() {
    let machine = machine().await;
    let client = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/client.php");
    let output = Command::new("php")
        .arg(client)
        .arg(format!(
            "http://{}/single_use/create_multiple",
            machine.address
        ))
        .stdin(Stdio::null())
        .output()
        .await
        .expect("php is installed: apt-get install php-cli php-curl");
    let said = String::from_utf8_lossy(&output.stdout);
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}{complaints}");
    let row: Value = serde_json::from_str(said.lines().last().unwrap()).unwrap();
    let names: Vec<_> = row["names"]
        .as_array()
        .unwrap()
        .iter()
        .map(|name| name.as_str().unwrap())
        .collect();
    let expected = [
        "single_use_code",
        "sequence_id",
        "single_use_url",
        "widget_validation_code",
        "custom_validation_code",
        "expirydate",
        "create_date",
        "voided",
    ];
    assert_eq!(names, expected);
    assert_eq!(row["coupons"], 250);
    assert_eq!(machine.stored().await, 500);
}
