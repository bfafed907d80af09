//! `wasm-bindgen` for web pages, made from the library that does the work. The command line of
//! `wasm-bindgen-cli` brings an HTTP server and client, and takes twice as long to compile.

use std::{env, path::PathBuf};

use anyhow::{Context, bail};
use wasm_bindgen_cli_support::Bindgen;

fn main() -> anyhow::Result<()> {
    let mut bindgen = Bindgen::new();
    bindgen.web(true)?;
    // The module finds its WebAssembly beside it.
    bindgen.omit_default_module_path(false);
    let mut folder = None;
    let mut args = env::args().skip(1);
    while let Some(arg) = args.next() {
        let mut value = || args.next().with_context(|| format!("{arg} needs a value"));
        match arg.as_str() {
            // wasm-pack asks for it.
            "--version" => {
                println!("wasm-bindgen {}", env!("CARGO_PKG_VERSION"));
                return Ok(());
            }
            "--target" if value()? == "web" => {}
            "--out-dir" => folder = Some(PathBuf::from(value()?)),
            "--out-name" => {
                bindgen.out_name(&value()?);
            }
            "--no-typescript" => {
                bindgen.typescript(false);
            }
            "--remove-name-section" => {
                bindgen.remove_name_section(true);
            }
            "--remove-producers-section" => {
                bindgen.remove_producers_section(true);
            }
            _ if arg.starts_with("--") => bail!("{arg} is not known here"),
            _ => {
                bindgen.input_path(&arg);
            }
        }
    }
    bindgen.generate(folder.context("--out-dir is missing")?)
}
