//! Wrong options, wrong files, wrong names, wrong tokens.

use std::{fs, path::Path, process::Command};

use carta_resume::protocol::{EventType, messages as m};

use crate::support::{Backend, FIXTURES, Viewer};

/// Runs the program until it ends, which must be a failure with a message of one line.
fn fails(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_backend")).args(arguments).output().unwrap();
    let log = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {log}");
    assert_eq!(log.lines().count(), 1, "{log}");
    assert!(!log.contains("panicked"), "{log}");
    log
}

#[test]
fn a_missing_folder_is_named() {
    assert!(fails(&["--root", "/no/such/folder"]).contains("/no/such/folder"));
    let file = format!("{FIXTURES}/a.fits");
    assert!(fails(&["--port", "0", "--root", &file]).contains("a.fits"));
    let arguments = ["--port", "0", "--root", FIXTURES, "--static", "/no/such/page"];
    assert!(fails(&arguments).contains("/no/such/page"));
}

#[test]
fn a_taken_port_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    assert!(fails(&["--root", FIXTURES, "--port", &port]).contains(&port));
}

#[test]
fn wrong_options_are_named() {
    assert!(fails(&["--frobnicate"]).contains("frobnicate"));
    assert!(fails(&[]).contains("--root"));
    assert!(fails(&["make-sample", "/no/such/folder/x.fits"]).contains("x.fits"));
}

fn folder_with_broken_files() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let good = fs::read(Path::new(FIXTURES).join("a.fits")).unwrap();
    let write = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
    write("a.fits", &good);
    write("notes.fits", b"Dear diary, this is no image.");
    write("empty.fits", b"");
    write("truncated.fits", &good[..good.len() / 2]);
    write("header-only.fits", &good[..1000]);
    let replaced = |from: &str, to: &str| {
        let text = String::from_utf8_lossy(&good[..2880]).replace(from, to);
        [text.as_bytes(), &good[2880..]].concat()
    };
    write("huge.fits", &replaced("                   64", "  9223372036854775807"));
    write("no-bitpix.fits", &replaced("BITPIX  ", "BITPIK  "));
    write("odd-bitpix.fits", &replaced("                  -32", "                  -33"));
    folder
}

#[tokio::test]
async fn broken_files_get_one_clear_message_and_harm_nobody() {
    let folder = folder_with_broken_files();
    let mut backend = Backend::start_in(folder.path(), &[]).await;
    let (mut viewer, _) = backend.register(0).await;
    for (name, word) in [
        ("notes.fits", "is not a FITS file"),
        ("empty.fits", "is not a FITS file"),
        ("truncated.fits", "is truncated: 133952 bytes promised, 67680 there"),
        ("header-only.fits", "is not a FITS file"),
        ("huge.fits", "NAXIS"),
        ("no-bitpix.fits", "BITPIX"),
        ("odd-bitpix.fits", "BITPIX"),
        ("nosuch.fits", "does not exist"),
        ("../a.fits", "is outside"),
        ("../../../../etc/passwd", "is outside"),
        ("", "cannot be read"),
    ] {
        let ack = viewer.open(name, 3).await;
        assert!(!ack.success && ack.file_id == 3, "{name}");
        assert!(ack.message.contains(word) && ack.message.contains(name), "{}", ack.message);
        assert!(!ack.message.contains('\n'));
    }
    assert!(viewer.open("a.fits", 3).await.success);
    viewer.quiet().await;
    backend.child.start_kill().unwrap();
    let (_, log) = backend.ended().await;
    assert_eq!(log.lines().count(), 11, "one line for each: {log}");
    assert!(!log.contains("panicked"));
}

#[tokio::test]
async fn the_list_shows_what_can_be_opened() {
    let folder = folder_with_broken_files();
    fs::create_dir(folder.path().join("sub")).unwrap();
    fs::copy(folder.path().join("a.fits"), folder.path().join("sub/b.fits")).unwrap();
    let backend = Backend::start_in(folder.path(), &[]).await;
    let (mut viewer, _) = backend.register(0).await;
    let list = async |viewer: &mut Viewer, directory: &str, mode: m::FileListFilterMode| {
        let request = m::FileListRequest { directory: directory.into(), filter_mode: mode.into() };
        viewer.request::<m::FileListResponse>(EventType::FileListRequest, &request).await
    };
    let top = list(&mut viewer, "", m::FileListFilterMode::Content).await;
    assert!(top.success);
    assert_eq!(top.files.iter().map(|file| &file.name).collect::<Vec<_>>(), ["a.fits"]);
    assert_eq!(top.files[0].hdu_list, ["0"]);
    assert_eq!(top.subdirectories[0].name, "sub");
    assert_eq!(top.subdirectories[0].item_count, 1);
    let all = list(&mut viewer, "$BASE", m::FileListFilterMode::AllFiles).await;
    assert_eq!(all.files.len(), 8);
    let sub = list(&mut viewer, "sub", m::FileListFilterMode::Content).await;
    assert_eq!((top.directory.as_str(), top.parent.as_str()), (".", ""));
    assert_eq!((sub.directory.as_str(), sub.parent.as_str()), ("sub", "."));
    assert_eq!(sub.files[0].name, "b.fits");
    for outside in ["..", "sub/../..", "/../"] {
        let answer = list(&mut viewer, outside, m::FileListFilterMode::AllFiles).await;
        assert!(!answer.success && answer.files.is_empty(), "{outside}");
    }
    let request =
        m::FileInfoRequest { directory: "sub".into(), file: "b.fits".into(), ..Default::default() };
    let info: m::FileInfoResponse = viewer.request(EventType::FileInfoRequest, &request).await;
    assert_eq!(info.file_info_extended["0"].depth, 8);
}

#[tokio::test]
async fn sockets_without_the_token_are_closed_without_an_answer() {
    let backend = Backend::start(&["--token", "secret"]).await;
    for (query, headers) in [
        ("", vec![]),
        ("?token=wrong", vec![]),
        ("?token=", vec![]),
        ("", vec![("authorization", "Bearer wrong")]),
        ("", vec![("cookie", "other=secret")]),
    ] {
        let refused = backend.try_connect(query, &headers).await.err().unwrap();
        let text = refused.to_string();
        assert!(!matches!(refused, tokio_tungstenite::tungstenite::Error::Http(_)), "{text}");
    }
    for (query, headers) in [
        ("?token=secret", vec![]),
        ("", vec![("authorization", "Bearer secret")]),
        ("", vec![("cookie", "a=b; carta-auth-token=secret")]),
        ("", vec![("carta-auth-token", "secret")]),
    ] {
        backend.try_connect(query, &headers).await.unwrap().quiet().await;
    }
    // The page is accessible to everybody.
    assert_eq!(backend.http("GET", "/").await.0, 200);
}

#[tokio::test]
async fn files_of_a_page_are_served_with_their_types() {
    let outer = tempfile::tempdir().unwrap();
    let page = outer.path().join("page");
    fs::create_dir_all(page.join("assets")).unwrap();
    fs::write(outer.path().join("secret.txt"), "secret").unwrap();
    fs::write(page.join("index.html"), "<p>page</p>").unwrap();
    fs::write(page.join("assets/x.wasm"), b"\0asm").unwrap();
    fs::write(page.join("assets/x.js"), "1").unwrap();
    let backend = Backend::start(&["--static", page.to_str().unwrap()]).await;
    for (path, kind) in [
        ("/", "text/html"),
        ("/assets/x.wasm", "application/wasm"),
        ("/assets/x.js", "text/javascript"),
    ] {
        let (status, head, _) = backend.http("GET", path).await;
        assert_eq!(status, 200, "{path}");
        assert!(head.contains(&format!("content-type: {kind}")), "{head}");
    }
    for path in ["/../secret.txt", "/%2e%2e/secret.txt", "/assets/..%2f..%2fsecret.txt", "/none"] {
        let (status, _, body) = backend.http("GET", path).await;
        assert!(status >= 400, "{path}");
        assert!(!body.windows(6).any(|window| window == b"secret"), "{path}");
    }
    backend.connect().await.quiet().await;
}

#[tokio::test]
async fn without_control_there_is_none() {
    let mut child = tokio::process::Command::new(env!("CARGO_BIN_EXE_backend"))
        .args(["--port", "0", "--root", FIXTURES])
        .stdout(std::process::Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut line = String::new();
    let stdout = child.stdout.take().unwrap();
    let mut stdout = tokio::io::BufReader::new(stdout);
    tokio::io::AsyncBufReadExt::read_line(&mut stdout, &mut line).await.unwrap();
    let port = line.trim().rsplit(':').next().unwrap().parse().unwrap();
    let backend = Backend { child, port };
    assert_eq!(backend.http("POST", "/control/drop").await.0, 404);
    assert_eq!(backend.http("GET", "/control/sessions").await.0, 404);
}
