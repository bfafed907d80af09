//! Compiles `proto/` with a protobuf compiler written in Rust, so that no
//! `protoc` is needed.

use std::{error::Error, ffi::OsStr, fs, path::PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=proto");
    let mut files: Vec<PathBuf> = fs::read_dir("proto")?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_, std::io::Error>>()?;
    files.retain(|path| path.extension() == Some(OsStr::new("proto")));
    files.sort();
    let descriptors = protox::compile(&files, ["proto"])?;
    let mut config = prost_build::Config::new();
    // JavaScript is told what an offer shows.
    for path in [".carta_resume.stored.OfferImage", ".carta_resume.stored.OfferCatalog"] {
        config.type_attribute(path, "#[derive(serde::Serialize)]");
        config.type_attribute(path, r#"#[serde(rename_all = "camelCase")]"#);
    }
    config
        // The same state gives the same bytes.
        .btree_map(["."])
        // What is kept and sent again is not copied while it is read.
        .bytes([".carta_resume"])
        .include_file("messages.rs")
        .compile_fds(descriptors)?;
    Ok(())
}
