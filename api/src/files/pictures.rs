//! Images, encoded again: nothing of what came with them but their pixels is kept.

use std::io::Cursor;

use entity::values::FileType;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType as Filter, PngEncoder};
use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder as _, ImageEncoder as _, ImageFormat, ImageReader, Limits};

/// Pixels of an image, at the most: more than cameras of telephones make.
const MOST_PIXELS: u64 = 50_000_000;

/// Bytes that a decoder may take.
const MOST_MEMORY: u64 = 256 << 20;

/// Widths for the web, in pixels.
pub const WIDTHS: [u32; 3] = [320, 960, 1920];

const JPEG_QUALITY: u8 = 85;

/// An image in one size.
pub struct Picture {
    pub width: u32,
    pub height: u32,
    pub bytes: Vec<u8>,
}

/// An image in its own size, and in those for the web that are smaller.
pub struct Pictures {
    pub kind: FileType,
    pub own: Picture,
    pub smaller: Vec<Picture>,
}

/// Why an image is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    #[error("too many pixels")]
    TooLarge,
    #[error("not a whole image")]
    Broken,
}

/// Encodes the image `bytes` again, upright: as JPEG if it was one or has no transparency to
/// keep, otherwise as PNG. Of one that moves, the first picture is kept.
///
/// Works for as long as the image is large: not for the threads that answer requests.
///
/// # Errors
/// When it cannot be read, or is too large.
pub fn encode_again(bytes: &[u8], format: ImageFormat) -> Result<Pictures, Unusable> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(unusable)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(Unusable::TooLarge);
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let colours = decoder.icc_profile().ok().flatten().filter(|it| is_rgb(it));
    let mut image = DynamicImage::from_decoder(decoder).map_err(unusable)?;
    image.apply_orientation(orientation);
    let as_jpeg =
        format == ImageFormat::Jpeg || (format == ImageFormat::WebP && !image.color().has_alpha());
    let kind = if as_jpeg {
        FileType::Jpeg
    } else {
        FileType::Png
    };
    let image = if as_jpeg || !image.color().has_alpha() {
        DynamicImage::ImageRgb8(image.into_rgb8())
    } else {
        DynamicImage::ImageRgba8(image.into_rgba8())
    };
    let smaller = WIDTHS
        .into_iter()
        .filter(|width| *width < image.width())
        .map(|width| {
            let height = u64::from(image.height()) * u64::from(width) / u64::from(image.width());
            let height = u32::try_from(height).unwrap_or(u32::MAX).max(1);
            let image = image.resize_exact(width, height, FilterType::Lanczos3);
            encode(&image, kind, colours.as_ref())
        })
        .collect::<Result<_, _>>()?;
    Ok(Pictures {
        kind,
        own: encode(&image, kind, colours.as_ref())?,
        smaller,
    })
}

/// Whether a colour profile is one of red, green and blue, as the pixels are.
fn is_rgb(profile: &[u8]) -> bool {
    profile.get(16..20) == Some(b"RGB ")
}

fn encode(
    image: &DynamicImage,
    kind: FileType,
    colours: Option<&Vec<u8>>,
) -> Result<Picture, Unusable> {
    let mut bytes = Vec::new();
    let encoded = if kind == FileType::Jpeg {
        let mut encoder = JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY);
        if let Some(colours) = colours {
            // Colours are a little off without it.
            let _ = encoder.set_icc_profile(colours.clone());
        }
        image.write_with_encoder(encoder)
    } else {
        let (compression, filter) = (CompressionType::Default, Filter::Adaptive);
        let mut encoder = PngEncoder::new_with_quality(&mut bytes, compression, filter);
        if let Some(colours) = colours {
            let _ = encoder.set_icc_profile(colours.clone());
        }
        image.write_with_encoder(encoder)
    };
    encoded.map_err(unusable)?;
    Ok(Picture {
        width: image.width(),
        height: image.height(),
        bytes,
    })
}

fn unusable(error: image::ImageError) -> Unusable {
    match error {
        image::ImageError::Limits(_) => Unusable::TooLarge,
        _ => Unusable::Broken,
    }
}
