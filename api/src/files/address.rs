//! Where a file is read.

use std::fmt::Write as _;

use entity::file;
use uuid::Uuid;

use crate::id::{GlobalId, Kind};
use crate::settings::Settings;

/// The address of a file: absolute where `PUBLIC_URL` is set, otherwise a path of this server.
pub fn address(settings: &Settings, file: &file::Model) -> String {
    let base = settings.public_url.as_deref().unwrap_or_default();
    format!("{}{}", base.trim_end_matches('/'), url_path(file))
}

/// The path of a file with its name.
pub fn url_path(file: &file::Model) -> String {
    format!("{}/{}", path(file.id), percent_encoded(&file.name))
}

/// The path of a file without its name.
pub fn path(id: Uuid) -> String {
    let kind = Kind::File;
    format!("/files/{}", GlobalId { kind, uuid: id })
}

/// `text` with everything but unreserved characters percent-encoded (RFC 3986).
pub fn percent_encoded(text: &str) -> String {
    text.bytes()
        .fold(String::with_capacity(text.len()), |mut encoded, byte| {
            if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
                encoded.push(byte.into());
            } else {
                // Writing to a String cannot fail.
                let _ = write!(encoded, "%{byte:02X}");
            }
            encoded
        })
}
