//! Makes sure that there is something to embed: cargo builds without npm, and the page then says how to get the UI.

use std::{fs, io, path::Path, time::UNIX_EPOCH};

const PLACEHOLDER: &str = "<!doctype html>
<html lang=\"en\">
<head><meta charset=\"utf-8\"><title>Datafyme</title></head>
<body>
<h1>Datafyme</h1>
<p>This binary was built without its web UI. Run <code>make build</code> (it needs Node 20), or use the API under
<a href=\"/api/v1/openapi.json\">/api/v1</a>.</p>
<!-- datafyme: placeholder -->
</body>
</html>
";

fn main() -> io::Result<()> {
    let dist = Path::new("../../web/dist");
    if !dist.join("index.html").exists() {
        fs::create_dir_all(dist)?;
        let page = dist.join("index.html");
        fs::write(&page, PLACEHOLDER)?;
        // Older than every source, so that make still builds the real one.
        fs::File::options().write(true).open(&page)?.set_modified(UNIX_EPOCH)?;
    }
    println!("cargo:rerun-if-changed=../../web/dist");
    Ok(())
}
