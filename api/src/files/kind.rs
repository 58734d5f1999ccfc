//! What a file is, told from its content alone.

use std::io::{Cursor, Read as _};

use entity::values::FileType;
use image::ImageFormat;
use zip::ZipArchive;

use crate::import;

/// Characters of a name, at the most; the end that its type asks for may come after.
const LONGEST_NAME: usize = 120;

/// Bytes that are read of a part which tells the type, at the most.
const LONGEST_PART: u64 = 1 << 20;

/// What content was found to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// Kept as it is.
    Document(FileType),
    /// Encoded again.
    Image(ImageFormat),
}

/// What `bytes` are, if it is something that is accepted.
pub fn sniff(bytes: &[u8]) -> Option<Content> {
    let found = infer::get(bytes)?;
    Some(match found.mime_type() {
        // Readers take one that begins later, and so could a page be one.
        "application/pdf" if bytes.starts_with(b"%PDF-") => Content::Document(FileType::Pdf),
        "image/jpeg" => Content::Image(ImageFormat::Jpeg),
        "image/png" => Content::Image(ImageFormat::Png),
        "image/webp" => Content::Image(ImageFormat::WebP),
        "image/gif" => Content::Image(ImageFormat::Gif),
        _ if bytes.starts_with(b"PK\x03\x04") => Content::Document(office(bytes)?),
        _ => return None,
    })
}

/// What `bytes` are, if rows can be imported from it: a workbook, or a text, which has no
/// mark of its own. A text is never public, nor shown by a browser.
pub fn sniff_data(bytes: &[u8]) -> Option<FileType> {
    if bytes.starts_with(b"PK\x03\x04") {
        return office(bytes).filter(|kind| *kind == FileType::Xlsx);
    }
    Some(match import::text_format(bytes)? {
        import::Format::Csv => FileType::Csv,
        import::Format::Json => FileType::Json,
    })
}

/// Which office document an archive is, by the part in which it must say so.
fn office(bytes: &[u8]) -> Option<FileType> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).ok()?;
    if let Some(named) = part(&mut archive, "mimetype") {
        let of = [FileType::Odt, FileType::Ods, FileType::Odp];
        let found = of.into_iter().find(|kind| kind.as_str() == named)?;
        return part(&mut archive, "META-INF/manifest.xml").map(|_| found);
    }
    let types = part(&mut archive, "[Content_Types].xml")?;
    // Macros run when the document is opened.
    if types.contains("macroEnabled") || types.contains("vbaProject") {
        return None;
    }
    [
        (FileType::Docx, "word/document.xml"),
        (FileType::Xlsx, "xl/workbook.xml"),
        (FileType::Pptx, "ppt/presentation.xml"),
    ]
    .into_iter()
    .find(|(kind, main)| {
        types.contains(&format!("\"{}.main+xml\"", kind.as_str()))
            && archive.index_for_name(main).is_some()
    })
    .map(|(kind, _)| kind)
}

/// The text of a part of an archive.
fn part(archive: &mut ZipArchive<Cursor<&[u8]>>, name: &str) -> Option<String> {
    let file = archive.by_name(name).ok()?;
    let mut text = String::new();
    let read = file.take(LONGEST_PART + 1).read_to_string(&mut text).ok()?;
    (u64::try_from(read).ok()? <= LONGEST_PART).then_some(text)
}

/// The names that a file of this type may end with, the usual one first.
fn endings(kind: FileType) -> &'static [&'static str] {
    match kind {
        FileType::Pdf => &["pdf"],
        FileType::Jpeg => &["jpg", "jpeg"],
        FileType::Png => &["png"],
        FileType::Odt => &["odt"],
        FileType::Ods => &["ods"],
        FileType::Odp => &["odp"],
        FileType::Docx => &["docx"],
        FileType::Xlsx => &["xlsx"],
        FileType::Pptx => &["pptx"],
        FileType::Csv => &["csv"],
        FileType::Json => &["json"],
    }
}

/// Endings that an image had before it was encoded again.
const OF_IMAGES: [&str; 5] = ["jpg", "jpeg", "png", "webp", "gif"];

/// The name under which a file of type `kind` is shown, `named` being how its owner calls it:
/// without folders and unseen characters, and with an ending that says what it is.
pub fn shown_name(named: &str, kind: FileType) -> String {
    let last = named.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last
        .chars()
        .filter(|character| !character.is_control() && !is_unseen(*character))
        .take(LONGEST_NAME)
        .collect();
    let clean = clean.trim().trim_start_matches('.');
    let endings = endings(kind);
    let usual = endings.first().copied().unwrap_or_default();
    let (stem, ending) = clean.rsplit_once('.').unwrap_or((clean, ""));
    let lower = ending.to_ascii_lowercase();
    if !stem.is_empty() && endings.contains(&lower.as_str()) {
        return clean.to_owned();
    }
    let is_image = matches!(kind, FileType::Jpeg | FileType::Png);
    let kept = if is_image && OF_IMAGES.contains(&lower.as_str()) {
        stem
    } else {
        clean
    };
    let kept = if kept.is_empty() { "document" } else { kept };
    format!("{kept}.{usual}")
}

/// Characters that turn the direction of writing or have no width: with them, a name could
/// seem to end otherwise than it does.
fn is_unseen(character: char) -> bool {
    matches!(character,
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_end_as_their_type_asks() {
        for (named, kind, shown) in [
            ("plan.pdf", FileType::Pdf, "plan.pdf"),
            ("Plan.PDF", FileType::Pdf, "Plan.PDF"),
            ("plan.exe", FileType::Pdf, "plan.exe.pdf"),
            ("photo.webp", FileType::Jpeg, "photo.jpg"),
            ("photo.jpeg", FileType::Jpeg, "photo.jpeg"),
            ("../../etc/passwd", FileType::Odt, "passwd.odt"),
            ("C:\\Documents\\été.docx", FileType::Docx, "été.docx"),
            ("a\u{202e}fdp.exe", FileType::Pdf, "afdp.exe.pdf"),
            ("a\r\nb.pdf", FileType::Pdf, "ab.pdf"),
            ("", FileType::Png, "document.png"),
            (".pdf", FileType::Pdf, "pdf.pdf"),
        ] {
            assert_eq!(shown_name(named, kind), shown);
        }
        assert!(
            shown_name(&"é".repeat(1000), FileType::Pptx)
                .chars()
                .count()
                <= 150
        );
    }

    #[test]
    fn what_is_not_accepted_is_nothing() {
        for bytes in [
            b"<!DOCTYPE html><html>".as_slice(),
            b"<html><body>%PDF-1.7</body></html>",
            b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>",
            b"MZ\x90\0\x03\0\0\0",
            b"PK\x03\x04 and no archive",
            b"",
        ] {
            assert_eq!(sniff(bytes), None);
        }
    }
}
