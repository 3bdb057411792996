//! The kernels by the browser's own compiler of WGSL, which is another than the one that octomix is built with, on
//! the software device that Chromium contains.

use std::fs;

use octomix::engine::gpu::kernels::{KERNELS, Kernel, Word};
use serde_json::{Value, json};

use crate::browser::Browser;

/// WebGPU where there is no GPU.
const SOFTWARE: [&str; 4] = [
    "--enable-unsafe-webgpu",
    "--use-webgpu-adapter=swiftshader",
    "--enable-features=Vulkan",
    "--ignore-gpu-blocklist",
];

#[test]
fn every_kernel_compiles_in_a_browser() {
    let Some(browser) = Browser::open_with(&SOFTWARE) else { return };
    let folder = tempfile::tempdir().unwrap();
    // A page of a file is a secure context, without which there is no WebGPU.
    fs::write(folder.path().join("page.html"), "<!doctype html><title>kernels</title>").unwrap();
    browser.open_file(&folder.path().join("page.html"));
    let reduce = Kernel::reduce(Word::U32);
    let kernels: Vec<Value> = KERNELS
        .iter()
        .chain([&reduce])
        .flat_map(|kernel| [1, 8].map(|block| json!([kernel.name, block, kernel.wgsl(block)])))
        .collect();
    let script = format!(
        "const kernels = {}; \
         if (!navigator.gpu) return 'the browser has no WebGPU'; \
         const adapter = await navigator.gpu.requestAdapter(); \
         if (!adapter) return 'the browser has no adapter'; \
         const device = await adapter.requestDevice(); \
         const found = []; \
         for (const [name, block, code] of kernels) {{ \
           const module = device.createShaderModule({{ code }}); \
           const told = (await module.getCompilationInfo()).messages.filter(one => one.type === 'error'); \
           let failed = told.map(one => `line ${{one.lineNum}}: ${{one.message}}`).join('; '); \
           if (!failed) {{ \
             const compute = {{ module, entryPoint: 'main', constants: {{ WORKGROUP: 64 }} }}; \
             await device.createComputePipelineAsync({{ layout: 'auto', compute }}) \
               .catch(error => {{ failed = error.message; }}); \
           }} \
           found.push([name, block, failed]); \
         }} \
         return found",
        Value::from(kernels.clone())
    );
    let found = browser.run_to_end(&script);
    let found = found.as_array().unwrap_or_else(|| panic!("{found}"));
    assert_eq!(found.len(), kernels.len());
    let failed: Vec<_> = found.iter().filter(|kernel| kernel[2] != "").collect();
    assert!(failed.is_empty(), "{failed:?}");
    // And the compiler tells what is wrong: it does look.
    let wrong = browser.run_to_end(
        "const device = await (await navigator.gpu.requestAdapter()).requestDevice(); \
         const module = device.createShaderModule({ code: 'fn main() { let x: i32 = 1u; }' }); \
         return (await module.getCompilationInfo()).messages.length",
    );
    assert_ne!(wrong, 0);
}
