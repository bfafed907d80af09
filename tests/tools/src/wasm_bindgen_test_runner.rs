//! `wasm-bindgen-test-runner`, built from the library of `wasm-bindgen-cli`:
//! runs a test module in a headless browser.

fn main() -> anyhow::Result<()> {
    wasm_bindgen_cli::wasm_bindgen_test_runner::run_cli_with_args(std::env::args_os())
}
