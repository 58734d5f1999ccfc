//! Small files of each type.

use std::io::{Cursor, Write as _};

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use zip::write::{SimpleFileOptions, ZipWriter};

/// What must not be kept of an image.
pub const PLANTED: &str = "48.8922N 2.2069E planted";

/// A document of `text` that begins and ends as PDF does.
pub fn pdf(text: &str) -> Vec<u8> {
    format!("%PDF-1.7\n% {text}\n%%EOF\n").into_bytes()
}

/// An image of this size, its left half red and its right half blue.
pub fn image(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let image = RgbImage::from_fn(width, height, |x, _| {
        if x < width / 2 {
            Rgb([255, 0, 0])
        } else {
            Rgb([0, 0, 255])
        }
    });
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::from(image)
        .write_to(&mut bytes, format)
        .expect("an image");
    bytes.into_inner()
}

/// A JPEG whose EXIF segment tells where it was taken, and that it is to be turned by 90°.
pub fn jpeg_with_exif(width: u32, height: u32) -> Vec<u8> {
    let mut tiff = Vec::new();
    tiff.extend(b"II*\0\x08\0\0\0");
    tiff.extend(2_u16.to_le_bytes());
    // Orientation, one short: turned to the right.
    tiff.extend([0x12, 0x01, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0]);
    // ImageDescription, a text after the directory.
    tiff.extend([0x0e, 0x01, 2, 0]);
    let length = u32::try_from(PLANTED.len() + 1).expect("a length");
    tiff.extend(length.to_le_bytes());
    tiff.extend(38_u32.to_le_bytes());
    tiff.extend(0_u32.to_le_bytes());
    tiff.extend(PLANTED.as_bytes());
    tiff.push(0);
    let mut segment = b"Exif\0\0".to_vec();
    segment.extend(tiff);
    let length = u16::try_from(segment.len() + 2).expect("a length");
    let plain = image(width, height, ImageFormat::Jpeg);
    let mut bytes = plain[..2].to_vec();
    bytes.extend([0xff, 0xe1]);
    bytes.extend(length.to_be_bytes());
    bytes.extend(segment);
    bytes.extend(&plain[2..]);
    bytes
}

/// The beginning of a PNG that says it is this large.
pub fn png_header(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = image(1, 1, ImageFormat::Png);
    bytes[16..20].copy_from_slice(&width.to_be_bytes());
    bytes[20..24].copy_from_slice(&height.to_be_bytes());
    let sum = crc(&bytes[12..29]);
    bytes[29..33].copy_from_slice(&sum.to_be_bytes());
    bytes
}

fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |mut sum, byte| {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = (sum >> 1) ^ (0xedb8_8320 * (sum & 1));
        }
        sum
    })
}

/// An archive of these parts.
pub fn zip(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        let options = SimpleFileOptions::default();
        archive.start_file(*name, options).expect("a part");
        archive.write_all(content.as_bytes()).expect("a part");
    }
    archive.finish().expect("an archive").into_inner()
}

/// An OpenDocument file of this media type.
pub fn open_document(media_type: &str) -> Vec<u8> {
    zip(&[
        ("mimetype", media_type),
        ("META-INF/manifest.xml", "<manifest/>"),
        ("content.xml", "<office/>"),
    ])
}

/// An Office Open XML file of this media type, its main part there.
pub fn office_open(media_type: &str, main: &str) -> Vec<u8> {
    let types = format!(
        "<Types><Override PartName=\"/{main}\" ContentType=\"{media_type}.main+xml\"/></Types>"
    );
    zip(&[
        ("[Content_Types].xml", &types),
        ("_rels/.rels", "<Relationships/>"),
        (main, "<main/>"),
    ])
}
