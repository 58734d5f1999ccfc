//! Media types of requests and answers, as the GraphQL-over-HTTP specification has them.

/// The media type of an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Media {
    /// `application/graphql-response+json`: the status tells whether the operation was begun.
    GraphQl,
    /// `application/json`: for older clients, which take any status but 200 for a failure of
    /// the network. What is asked for by no `Accept`, or by `*/*`.
    #[default]
    Json,
}

impl Media {
    /// The value of `Content-Type`.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::GraphQl => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        }
    }

    /// The best answer for a client that sends this `Accept`; `None` when it takes neither.
    pub fn negotiate(accept: Option<&str>) -> Option<Self> {
        let Some(accept) = accept.filter(|accept| !accept.trim().is_empty()) else {
            return Some(Self::Json);
        };
        let graphql = quality(accept, "application", "graphql-response+json");
        let json = quality(accept, "application", "json");
        match (graphql, json) {
            (None, None) => None,
            (Some(graphql), Some(json)) if graphql.precedes(json) => Some(Self::GraphQl),
            (Some(_), None) => Some(Self::GraphQl),
            _ => Some(Self::Json),
        }
    }
}

/// Whether a client that sends this `Accept` shows pages.
pub fn accepts_html(accept: Option<&str>) -> bool {
    accept.is_some_and(|accept| {
        quality(accept, "text", "html").is_some_and(|wish| wish.exactness == 2)
    })
}

/// Whether a body of this `Content-Type` is JSON in UTF-8.
pub fn is_json(content_type: &str) -> bool {
    let mut parts = content_type.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default();
    essence.eq_ignore_ascii_case("application/json")
        && parts.all(|parameter| match parameter.split_once('=') {
            Some((name, value)) if name.trim().eq_ignore_ascii_case("charset") => {
                let value = value.trim().trim_matches('"');
                value.eq_ignore_ascii_case("utf-8") || value.eq_ignore_ascii_case("utf8")
            }
            _ => true,
        })
}

/// How much a media type is wished.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Wish {
    /// 2 for the type itself, 1 for `type/*`, 0 for `*/*`.
    exactness: u8,
    quality: f32,
    place: usize,
}

impl Wish {
    /// Whether this is wished more than `other`: by quality, then by being named itself,
    /// then by coming first.
    fn precedes(self, other: Self) -> bool {
        if self.quality != other.quality {
            return self.quality > other.quality;
        }
        if self.exactness != other.exactness {
            return self.exactness > other.exactness;
        }
        self.exactness == 2 && self.place < other.place
    }
}

fn quality(accept: &str, kind: &str, subtype: &str) -> Option<Wish> {
    let wishes = accept.split(',').enumerate().filter_map(|(place, range)| {
        let mut parts = range.split(';').map(str::trim);
        let (range_kind, range_subtype) = parts.next()?.split_once('/')?;
        let exactness = match (range_kind, range_subtype) {
            ("*", "*") => 0,
            (k, "*") if k.eq_ignore_ascii_case(kind) => 1,
            (k, s) if k.eq_ignore_ascii_case(kind) && s.eq_ignore_ascii_case(subtype) => 2,
            _ => return None,
        };
        let quality = parts
            .filter_map(|parameter| parameter.split_once('='))
            .find(|(name, _)| name.trim().eq_ignore_ascii_case("q"))
            .and_then(|(_, value)| value.trim().parse().ok())
            .unwrap_or(1.0);
        Some(Wish {
            exactness,
            quality,
            place,
        })
    });
    // The most exact range says how much the type is wished.
    wishes
        .reduce(|best, wish| {
            if wish.exactness > best.exactness {
                wish
            } else {
                best
            }
        })
        .filter(|wish| wish.quality > 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_is_of_the_type_most_wished() {
        for (accept, media) in [
            (None, Some(Media::Json)),
            (Some(""), Some(Media::Json)),
            (Some("*/*"), Some(Media::Json)),
            (Some("application/*"), Some(Media::Json)),
            (Some("application/json"), Some(Media::Json)),
            (
                Some("application/graphql-response+json"),
                Some(Media::GraphQl),
            ),
            (
                Some("application/graphql-response+json, application/json;q=0.9"),
                Some(Media::GraphQl),
            ),
            (
                Some("application/json, application/graphql-response+json;q=0.9"),
                Some(Media::Json),
            ),
            (
                Some("application/graphql-response+json, */*"),
                Some(Media::GraphQl),
            ),
            (
                Some("text/html,application/xml;q=0.9,*/*;q=0.8"),
                Some(Media::Json),
            ),
            (Some("application/json, multipart/mixed"), Some(Media::Json)),
            (Some("application/json;q=0, */*"), Some(Media::GraphQl)),
            (Some("text/html"), None),
            (Some("image/png, nonsense"), None),
        ] {
            assert_eq!(Media::negotiate(accept), media, "{accept:?}");
        }
    }

    #[test]
    fn only_json_in_utf8_is_read() {
        for (content_type, json) in [
            ("application/json", true),
            ("Application/JSON; charset=\"UTF-8\"", true),
            ("application/json; charset=latin1", false),
            ("text/plain", false),
            ("application/jsonp", false),
            ("multipart/form-data", false),
        ] {
            assert_eq!(is_json(content_type), json, "{content_type}");
        }
    }

    #[test]
    fn browsers_ask_for_html_by_name() {
        assert!(accepts_html(Some("text/html,*/*;q=0.8")));
        assert!(!accepts_html(Some("*/*")));
        assert!(!accepts_html(None));
    }
}
