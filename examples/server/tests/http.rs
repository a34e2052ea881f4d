//! The service as its clients meet it: the program itself, over HTTP, by curl.

use std::{
    collections::HashSet,
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
};

use rusqlite::Connection;
use serde_json::Value;
use tempfile::TempDir;

const SMALL: &str = r#""automated_codes":true,"code_prefix":"A-","code_length":3,"code_type":"numeric""#;

struct Server {
    process: Child,
    url: String,
}

impl Server {
    fn start(dir: &TempDir) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_server"))
            .args(["127.0.0.1:0".as_ref(), database(dir).as_os_str(), "cam_15111".as_ref(), "cam_123456".as_ref()])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut url = String::new();
        BufReader::new(process.stdout.as_mut().unwrap()).read_line(&mut url).unwrap();
        assert!(url.starts_with("http://127.0.0.1:"), "{url}");
        Self { process, url: url.trim().to_owned() }
    }

    /// As Ctrl-C does.
    fn stop(mut self) {
        let pid = self.process.id().to_string();
        assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
        assert!(self.process.wait().unwrap().success());
    }

    /// As a crash does.
    fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    fn curl(&self, options: &[&str]) -> (u16, Vec<u8>) {
        let always = ["--silent", "--show-error", "--write-out", "%{stderr}%{http_code}", &self.url];
        let output = Command::new("curl").args(always).args(options).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{said}");
        (said.parse().unwrap(), output.stdout)
    }

    fn json(&self, body: &str) -> (u16, Vec<u8>) {
        self.curl(&["--json", body])
    }

    fn with_key(&self, key: &str, body: &str) -> (u16, Vec<u8>) {
        self.curl(&["--json", body, "--header", &format!("Idempotency-Key: {key}")])
    }

    /// All that can still be issued of a thousand small codes: no more, and no fewer.
    #[track_caller]
    fn assert_left(&self, left: usize) -> Vec<Value> {
        let request = |amount: usize| format!(r#"{{"campaign":"cam_15111","amount":{amount},{SMALL}}}"#);
        let (status, body) = self.json(&request(left + 1));
        assert_eq!((status, &parsed(&body)["status"]["errors"]["error_code"]), (422, &serde_json::json!([601])));
        let (status, body) = self.json(&request(left));
        assert_eq!(status, 200);
        coupons(&body)
    }
}

/// A test that failed leaves no server behind.
impl Drop for Server {
    fn drop(&mut self) {
        _ = self.process.kill();
        _ = self.process.wait();
    }
}

fn database(dir: &TempDir) -> PathBuf {
    dir.path().join("coupons.db")
}

fn saved(dir: &TempDir) -> PathBuf {
    dir.path().join("coupons.db.cam_15111")
}

fn sql(dir: &TempDir, sql: &str) {
    Connection::open(database(dir)).unwrap().execute_batch(sql).unwrap();
}

fn parsed(body: &[u8]) -> Value {
    serde_json::from_slice(body).unwrap()
}

fn coupons(body: &[u8]) -> Vec<Value> {
    let mut envelope = parsed(body);
    assert_eq!(envelope["status"]["status"], "OK");
    serde_json::from_value(envelope["data"].take()).unwrap()
}

fn column<'a>(coupons: &'a [Value], name: &str) -> Vec<&'a str> {
    coupons.iter().map(|coupon| coupon[name].as_str().unwrap()).collect()
}

#[track_caller]
fn assert_distinct(codes: &[&str], expected: usize) {
    assert_eq!((codes.len(), codes.iter().collect::<HashSet<_>>().len()), (expected, expected));
}

fn count(dir: &TempDir, table: &str) -> u64 {
    let database = Connection::open(database(dir)).unwrap();
    database.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
}

#[test]
fn coupons_are_stored_then_sent() {
    let dir = TempDir::new().unwrap();
    let server = Server::start(&dir);
    let (status, body) =
        server.json(&format!(r#"{{"campaign":"cam_15111","amount":500,"status":"activated",{SMALL}}}"#));
    assert_eq!(status, 200);
    let sent = coupons(&body);
    let database = Connection::open(database(&dir)).unwrap();
    let mut select = database
        .prepare("SELECT single_use_code, custom_validation_code, expirydate FROM coupons ORDER BY sequence_id")
        .unwrap();
    let stored = select.query_map([], |row| row.try_into()).unwrap();
    let stored: Vec<(String, String, String)> = stored.collect::<Result<_, _>>().unwrap();
    assert_eq!(stored.len(), 500);
    for ((single_use, custom, expires), coupon) in stored.iter().zip(&sent) {
        assert_eq!(
            (&coupon["single_use_code"], &coupon["custom_validation_code"]),
            (&single_use[..].into(), &custom[..].into())
        );
        assert_eq!(coupon["expirydate"], expires[..]);
    }
    server.stop();
}

#[test]
fn what_is_refused_is_not_stored() {
    let dir = TempDir::new().unwrap();
    let server = Server::start(&dir);
    for (body, errors) in [
        ("no JSON", vec![302]),
        (r#"{"campaign":"cam_0","amount":0}"#, vec![502, 301]),
        (r#"{"campaign":"cam_15111","amount":100001}"#, vec![301]),
        (&format!(r#"{{"campaign":"cam_15111","amount":1001,{SMALL}}}"#), vec![601]),
    ] {
        for (status, body) in [server.json(body), server.with_key("a key", body)] {
            assert_eq!(status, 422);
            assert_eq!(parsed(&body)["status"]["errors"]["error_code"], serde_json::json!(errors));
        }
    }
    let (status, body) = server.curl(&["--data", "amount=0"]);
    assert_eq!((status, &parsed(&body)["status"]["errors"]["error_code"]), (422, &serde_json::json!([200, 301])));
    assert_eq!((count(&dir, "batches"), count(&dir, "coupons")), (0, 0));
    // The key is free for the request that is put right.
    assert_eq!(server.with_key("a key", r#"{"campaign":"cam_15111"}"#).0, 200);
}

#[test]
fn what_could_not_be_stored_is_issued_again() {
    let dir = TempDir::new().unwrap();
    let server = Server::start(&dir);
    sql(
        &dir,
        "CREATE TRIGGER full BEFORE INSERT ON coupons WHEN NEW.sequence_id % 700 = 0
               BEGIN SELECT RAISE(ABORT, 'the disk is full'); END",
    );
    let all = format!(r#"{{"campaign":"cam_15111","amount":1000,{SMALL}}}"#);
    for _ in 0..3 {
        let (status, body) = server.with_key("a key", &all);
        assert_eq!((status, &body[..]), (500, &b""[..]));
    }
    assert_eq!((count(&dir, "batches"), count(&dir, "coupons")), (0, 0));
    sql(&dir, "DROP TRIGGER full");
    let (status, body) = server.with_key("a key", &all);
    assert_eq!(status, 200);
    assert_distinct(&column(&coupons(&body), "custom_validation_code"), 1000);
}

/// Only the file can know of them, if they are not in the database.
#[test]
fn restart_by_saved_file() {
    let dir = TempDir::new().unwrap();
    let server = Server::start(&dir);
    let (_, body) = server.json(&format!(r#"{{"campaign":"cam_15111","amount":400,{SMALL}}}"#));
    server.stop();
    sql(&dir, "DELETE FROM coupons; DELETE FROM batches");
    assert!(saved(&dir).exists());
    let server = Server::start(&dir);
    assert!(!saved(&dir).exists());
    let (before, after) = (coupons(&body), server.assert_left(600));
    let all = [before, after].concat();
    assert_distinct(&column(&all, "custom_validation_code"), 1000);
    assert_distinct(&column(&all, "single_use_code"), 1000);
    let ids: HashSet<_> = all.iter().map(|coupon| coupon["sequence_id"].as_u64().unwrap()).collect();
    assert_eq!(ids.len(), 1000);
}

#[test]
fn restart_by_database() {
    for damage in [None, Some(&b""[..]), Some(b"no engine's file")] {
        let dir = TempDir::new().unwrap();
        let server = Server::start(&dir);
        let (_, body) = server.json(&format!(r#"{{"campaign":"cam_15111","amount":400,{SMALL}}}"#));
        let (_, other) = server.json(
            r#"{"campaign":"cam_15111","amount":50,"automated_codes":true,
            "code_prefix":"B_","code_length":12,"code_type":"alphanumeric"}"#,
        );
        server.kill();
        assert!(!saved(&dir).exists());
        if let Some(bytes) = damage {
            fs::write(saved(&dir), bytes).unwrap();
        }
        let server = Server::start(&dir);
        let after = server.assert_left(600);
        let all = [coupons(&body), coupons(&other), after].concat();
        assert_distinct(&column(&all, "custom_validation_code"), 1050);
        let ids: HashSet<_> = all.iter().map(|coupon| coupon["sequence_id"].as_u64().unwrap()).collect();
        assert_eq!(ids.len(), 1050);
        server.stop();
    }
}

#[test]
fn repeated_requests_get_the_same_bytes() {
    let dir = TempDir::new().unwrap();
    let server = Server::start(&dir);
    let requests = [
        r#"{"campaign":"cam_15111"}"#.to_owned(),
        format!(r#"{{"campaign":"cam_123456","amount":1000,"status":"activated",{SMALL}}}"#),
        r#"{"campaign":"cam_15111","amount":100000,"status":"voided"}"#.to_owned(),
    ];
    let with_its_key = |server: &Server| -> Vec<_> {
        requests.iter().enumerate().map(|(key, body)| server.with_key(&key.to_string(), body)).collect()
    };
    let first = with_its_key(&server);
    assert!(first.iter().all(|(status, _)| *status == 200));
    let stored = count(&dir, "coupons");
    assert!(with_its_key(&server) == first);
    server.stop();
    let server = Server::start(&dir);
    assert!(with_its_key(&server) == first);
    server.kill();
    let server = Server::start(&dir);
    assert!(with_its_key(&server) == first);
    assert_eq!(server.with_key("0", &requests[1]), (409, Vec::new()));
    assert_eq!(count(&dir, "coupons"), stored);

    // Without a key, or with another one, it is another request.
    for (_, body) in [server.json(&requests[0]), server.with_key("new", &requests[0])] {
        assert_eq!(coupons(&body).len(), 10);
        assert!(body != first[0].1);
    }
    assert_eq!(count(&dir, "coupons"), stored + 20);
}

/// Ten clients, one key: one of them is first.
#[test]
fn one_key_at_once() {
    let dir = TempDir::new().unwrap();
    let server = Server::start(&dir);
    let post = || server.with_key("the key", r#"{"campaign":"cam_15111","amount":2000}"#);
    let answers: Vec<_> = thread::scope(|scope| {
        let clients: Vec<_> = (0..10).map(|_| scope.spawn(post)).collect();
        clients.into_iter().map(|client| client.join().unwrap()).collect()
    });
    assert_eq!(answers[0].0, 200);
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    assert_eq!((count(&dir, "batches"), count(&dir, "coupons")), (1, 2000));
}

/// What PHP sends: the page's own request, and the same as a form post.
#[test]
fn requests_of_the_php_client() {
    let dir = TempDir::new().unwrap();
    let server = Server::start(&dir);
    let headers = ["X-Client-Id: XXX", "X-Client-Secret: YYY", "Content-Type: application/json"];
    let headers = headers.iter().flat_map(|header| ["--header", header]);
    let page: Vec<_> = headers.chain(["--data", r#"{"campaign":"cam_123456"}"#]).collect();
    let (status, body) = server.curl(&page);
    assert_eq!((status, coupons(&body).len()), (200, 10));

    // PHP posts a boolean as 1.
    let form = "client_id=XXX&client_secret=YYY&campaign=cam_123456&amount=25&status=activated&automated_codes=1\
                &code_prefix=test_&code_length=10&code_type=alphanumeric";
    for options in [
        vec!["--data", form],
        vec!["--data", form, "--header", "Content-Type: application/x-www-form-urlencoded; charset=UTF-8"],
    ] {
        let (status, body) = server.curl(&options);
        assert_eq!(status, 200);
        let coupons = coupons(&body);
        assert_distinct(&column(&coupons, "custom_validation_code"), 25);
        for coupon in &coupons {
            assert!(coupon["custom_validation_code"].as_str().unwrap().starts_with("test_"));
            assert!(coupon["expirydate"].as_str() > coupon["create_date"].as_str());
        }
    }
}

/// By PHP itself, where there is one with its curl.
#[test]
fn the_php_client() {
    let has_curl = Command::new("php").args(["-r", "exit(function_exists('curl_init') ? 0 : 1);"]).status();
    if !has_curl.is_ok_and(|status| status.success()) {
        println!("left out: there is no PHP with curl");
        return;
    }
    let dir = TempDir::new().unwrap();
    let server = Server::start(&dir);
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/client.php");
    let custom = "campaign=cam_123456&amount=300&automated_codes=true&code_prefix=A-&code_length=3&code_type=numeric";
    for (kind, parameters, rows) in [("json", "campaign=cam_123456", 10), ("json", custom, 300), ("form", custom, 300)]
    {
        let output = Command::new("php").args([script, &server.url, kind, parameters]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        assert_eq!(String::from_utf8(output.stdout).unwrap().lines().count(), rows);
    }
    assert_eq!(count(&dir, "coupons"), 610);
}

/// The service holds what it needs to go on, not what they have still to read.
#[cfg(target_os = "linux")]
#[test]
fn slow_readers_cost_little_memory() {
    let dir = TempDir::new().unwrap();
    let server = Server::start(&dir);
    let address = server.url.strip_prefix("http://").and_then(|url| url.split('/').next()).unwrap();
    let body = r#"{"campaign":"cam_15111","amount":100000,"status":"activated","automated_codes":true,
        "code_prefix":"test_","code_length":10,"code_type":"alphanumeric"}"#;
    let request =
        format!("POST /coupons HTTP/1.1\r\nHost: shop\r\nConnection: close\r\nContent-Length: {}\r\n", body.len());
    for repeated in [false, true] {
        let start = |reader: usize| {
            let mut stream = TcpStream::connect(address).unwrap();
            write!(stream, "{request}Idempotency-Key: {reader}\r\n\r\n{body}").unwrap();
            stream.read_exact(&mut [0; 1000]).unwrap();
            stream
        };
        let readers: Vec<_> = (0..10).map(start).collect();
        let mut sent = 0;
        for mut reader in readers {
            let mut rest = Vec::new();
            reader.read_to_end(&mut rest).unwrap();
            assert!(rest.ends_with(b"0\r\n\r\n"), "the answer is cut short");
            sent += rest.len();
        }
        let peak = peak_memory(&server);
        println!("repeated: {repeated}; sent {} MB, peak of memory {} MB", sent >> 20, peak >> 20);
        assert!(sent > 250_000_000 && peak < sent / 2);
    }
}

#[cfg(target_os = "linux")]
fn peak_memory(server: &Server) -> usize {
    let status = fs::read_to_string(Path::new("/proc").join(server.process.id().to_string()).join("status")).unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    peak.trim().trim_end_matches(" kB").parse::<usize>().unwrap() * 1024
}
