//! Short checksums of texts: FNV-1a (Fowler, Noll, Vo), 64 bits. They tell an untouched text, and protect nothing.

/// Of one text.
pub(super) fn of_text(text: &str) -> String {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in text.trim().bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    format!("{hash:016x}")
}

/// Of a list of texts.
pub(super) fn of_items(items: &[String]) -> String {
    of_text(&items.join("\n"))
}
