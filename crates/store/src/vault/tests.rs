use super::*;

#[test]
fn a_sealed_secret_opens_for_its_own_row_alone() {
    let vault = Vault::generate();
    let sealed = vault.seal("row-1", "pa$$wörd").unwrap();
    assert_eq!(vault.unseal("row-1", &sealed).unwrap(), "pa$$wörd");
    assert_eq!(vault.unseal("row-2", &sealed).unwrap_err().kind(), ErrorKind::Corrupt);
}

#[test]
fn sealing_twice_never_gives_the_same_text() {
    let vault = Vault::generate();
    assert_ne!(vault.seal("r", "s").unwrap(), vault.seal("r", "s").unwrap());
}

#[test]
fn a_changed_cut_or_foreign_value_does_not_open() {
    let vault = Vault::generate();
    let sealed = vault.seal("r", "secret").unwrap();
    let cut = &sealed[..20];
    for bad in [cut, "v1.", "v1.!!!", &Vault::generate().seal("r", "secret").unwrap()] {
        assert_eq!(vault.unseal("r", bad).unwrap_err().kind(), ErrorKind::Corrupt, "{bad}");
    }
    assert_eq!(vault.unseal("r", "v2.abc").unwrap_err().kind(), ErrorKind::Unsupported);
}

#[test]
fn the_key_file_is_made_once_and_private() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("a").join("b");
    let sealed = Vault::open(&home).unwrap().seal("r", "secret").unwrap();
    assert_eq!(Vault::open(&home).unwrap().unseal("r", &sealed).unwrap(), "secret");
    let file = home.join("secret.key");
    assert_eq!(std::fs::metadata(&file).unwrap().len(), 32);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    assert_eq!(std::fs::read_dir(&home).unwrap().count(), 1, "no draft is left behind");
}

#[test]
fn a_key_file_of_another_length_is_refused_by_name() {
    let dir = tempfile::tempdir().unwrap();
    for content in [&b""[..], b"short", &[7; 33]] {
        std::fs::write(dir.path().join("secret.key"), content).unwrap();
        let error = Vault::open(dir.path()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Corrupt);
        assert!(error.to_string().contains("secret.key is not 32 bytes long"), "{error}");
    }
}

#[test]
fn openers_that_race_agree_on_one_key() {
    let dir = tempfile::tempdir().unwrap();
    let vaults: Vec<Vault> = std::thread::scope(|scope| {
        let racers: Vec<_> = (0..16).map(|_| scope.spawn(|| Vault::open(dir.path()).unwrap())).collect();
        racers.into_iter().map(|racer| racer.join().unwrap()).collect()
    });
    let sealed = vaults[0].seal("r", "secret").unwrap();
    for vault in &vaults {
        assert_eq!(vault.unseal("r", &sealed).unwrap(), "secret");
    }
}

#[test]
fn debug_shows_nothing_of_the_key() {
    assert_eq!(format!("{:?}", Vault::generate()), "Vault");
}

#[test]
fn a_key_that_is_shared_opens_what_another_process_sealed() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("shared.key");
    std::fs::write(&file, [7_u8; 32]).unwrap();
    let sealed = Vault::with_key_file(&file).unwrap().seal("r", "secret").unwrap();
    let same = Vault::with_base64("BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=\n").unwrap();
    assert_eq!(same.unseal("r", &sealed).unwrap(), "secret");
}

#[test]
fn a_key_that_is_none_is_refused_with_what_to_do() {
    let missing = Vault::with_key_file(std::path::Path::new("/nowhere/shared.key")).unwrap_err();
    assert!(missing.to_string().contains("openssl rand 32"), "{missing}");
    for bad in ["", "short", "not base64 at all!"] {
        let error = Vault::with_base64(bad).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{bad}");
        assert!(error.to_string().contains("openssl rand -base64 32"), "{error}");
    }
}
