//! URLs of the engines that our own state lives in.

/// What is wrong with `{section}.url`, if anything: it is to be of one of `schemes` and to hold no password. `engine` is
/// whose it is, `example` how one is written. Repeats no secret.
pub(super) fn fault(section: &str, url: &str, engine: &str, schemes: &[&str], example: &str) -> Option<String> {
    let Some((scheme, rest)) = url.split_once("://") else {
        return Some(format!("{section}.url is no URL: write {example}"));
    };
    if !schemes.contains(&scheme) {
        return Some(format!("{section}.url is not of {engine}: write {example}"));
    }
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let has_password = authority.rsplit_once('@').is_some_and(|(user, _)| user.contains(':'));
    (has_password || rest.contains("password=")).then(|| {
        format!(
            "the password does not stand in {section}.url: give {section}.password_file, or the variable \
             DATAFYME_{}__PASSWORD",
            section.to_uppercase()
        )
    })
}
