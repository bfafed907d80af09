//! `wasm-bindgen`, built from the library of `wasm-bindgen-cli`, so that the
//! lock file pins it and nothing has to be installed.

fn main() -> anyhow::Result<()> {
    wasm_bindgen_cli::wasm_bindgen::run_cli_with_args(std::env::args_os())
}
