//! The content itself, made row by row and sent in batches.

use chrono::{DateTime, Utc};
use maillage::geo::Point;
use maillage::text::slug;
use tokio_postgres::Client;
use uuid::Uuid;

use super::copy::Rows;
use super::random::Random;
use super::{Scale, words};

/// Initiatives sent at once.
const BATCH: usize = 10_000;
/// The instant of the first content, 2016-01-01, and that of the last, ten years later.
const FIRST_MILLIS: u64 = 1_451_606_400_000;
const SPAN_MILLIS: u64 = 315_360_000_000;

/// A commune in which content can be.
#[derive(Clone, Debug)]
pub struct Place {
    pub insee_code: String,
    pub name: String,
    pub postal_code: Option<String>,
    pub centre: Point,
}

/// What is about to be written.
pub struct Content {
    scale: Scale,
    random: Random,
    places: Vec<Place>,
    themes: Vec<Uuid>,
    organizations: Vec<Uuid>,
    sources: Vec<Uuid>,
}

/// When something came into the registry, and its identifier of that instant.
struct Birth {
    id: Uuid,
    at: DateTime<Utc>,
}

impl Content {
    /// Content of this scale.
    pub fn new(scale: Scale, seed: u64, places: Vec<Place>, themes: Vec<Uuid>) -> Self {
        Self {
            scale,
            random: Random::new(seed),
            places,
            themes,
            organizations: Vec::new(),
            sources: Vec::new(),
        }
    }

    /// Writes everything.
    ///
    /// # Errors
    /// When the database refuses a row.
    pub async fn write(mut self, client: &Client) -> anyhow::Result<()> {
        self.organizations(client).await?;
        self.members(client).await?;
        self.spaces(client).await?;
        self.sources(client).await?;
        let mut number = 0;
        while number < self.scale.initiatives {
            let end = (number + BATCH).min(self.scale.initiatives);
            self.initiatives(client, number..end).await?;
            number = end;
        }
        Ok(())
    }

    /// The birth of the `number`th of `total`: the later the number, the later the instant.
    fn birth(&mut self, number: usize, total: usize) -> Birth {
        let step = SPAN_MILLIS / u64::try_from(total).unwrap_or(1).max(1);
        let millis = FIRST_MILLIS + step * u64::try_from(number).unwrap_or_default();
        Birth {
            id: self.id_at(millis),
            at: DateTime::from_timestamp_millis(i64::try_from(millis).unwrap_or_default())
                .unwrap_or_default(),
        }
    }

    fn id_at(&mut self, millis: u64) -> Uuid {
        let mut bytes = [0; 10];
        for (byte, random) in bytes.iter_mut().zip(
            [self.random.bits(), self.random.bits()]
                .into_iter()
                .flat_map(u64::to_le_bytes),
        ) {
            *byte = random;
        }
        uuid::Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid()
    }

    fn id(&mut self) -> Uuid {
        self.id_at(FIRST_MILLIS)
    }

    fn place(&mut self) -> Option<Place> {
        let index = self.random.skewed(self.places.len(), 1.5);
        self.places.get(index).cloned()
    }

    /// A point of a commune: denser in the middle.
    fn point(&mut self, place: &Place) -> Option<Point> {
        let mut spread = |most: f64| (self.random.unit() + self.random.unit() - 1.0) * most;
        let (north, east) = (spread(0.016), spread(0.022));
        Point::new(
            place.centre.latitude() + north,
            place.centre.longitude() + east,
        )
    }

    async fn organizations(&mut self, client: &Client) -> anyhow::Result<()> {
        const FORMS: &[&str] = &[
            "ASSOCIATION",
            "ASSOCIATION",
            "COOPERATIVE_SCOP",
            "COOPERATIVE_SCIC",
            "MUTUAL",
            "ESS_COMPANY",
            "COMPANY",
            "FOUNDATION",
        ];
        let mut rows = Rows::of(
            "organization",
            "id, slug, name, legal_form, description, publication, created_at, updated_at, \
             published_at",
        );
        let mut sites = Rows::of(
            "organization_site",
            "id, organization_id, is_head_office, postal_code, commune_insee, latitude, longitude, \
             location_precision, geo_cell, geo_x, geo_y, geo_z",
        );
        for number in 0..self.scale.organizations {
            let born = self.birth(number, self.scale.organizations);
            let kind = self.random.pick_skewed(words::KINDS);
            let Some(place) = self.place() else { continue };
            let name = format!("{kind} de {} {number}", place.name);
            let description = words::text(&mut self.random, 1, 4);
            rows.plain(born.id)
                .plain(format!("{}-o{number}", slug(&name)))
                .text(&name)
                .plain(self.random.pick_skewed(FORMS))
                .text(&description)
                .plain("PUBLISHED")
                .plain(born.at.to_rfc3339())
                .plain(born.at.to_rfc3339())
                .plain(born.at.to_rfc3339())
                .end();
            let site = self.id();
            sites.plain(site).plain(born.id).plain(true);
            self.located(&mut sites, &place);
            sites.end();
            self.organizations.push(born.id);
        }
        rows.send(client).await?;
        sites.send(client).await
    }

    /// The columns of a place: postal code, commune, point, precision, cell and vector.
    fn located(&mut self, rows: &mut Rows, place: &Place) {
        rows.optional(place.postal_code.as_ref())
            .plain(&place.insee_code);
        match self.point(place) {
            Some(point) => {
                let [x, y, z] = point.unit_vector();
                rows.plain(point.latitude())
                    .plain(point.longitude())
                    .plain("STREET")
                    .plain(point.cell())
                    .plain(x)
                    .plain(y)
                    .plain(z);
            }
            None => {
                for _ in 0..7 {
                    rows.plain("\\N");
                }
            }
        }
    }

    async fn members(&mut self, client: &Client) -> anyhow::Result<()> {
        let mut rows = Rows::of(
            "member",
            "id, slug, kind, display_name, commune_insee, organization_id, publication, \
             created_at, updated_at, published_at",
        );
        for number in 0..self.scale.members {
            let born = self.birth(number, self.scale.members);
            let Some(place) = self.place() else { continue };
            let elected = self.random.chance(0.4);
            let office = if elected { "Élu" } else { "Agent" };
            // Five members each, so that a page of five is full.
            let organization = self.organizations.get(number / 5).copied();
            rows.plain(born.id)
                .plain(format!("membre-{number}"))
                .plain(if elected { "ELECTED" } else { "STAFF" })
                .text(&format!("{office} fictif {number}"))
                .plain(&place.insee_code)
                .optional(organization)
                .plain("PUBLISHED")
                .plain(born.at.to_rfc3339())
                .plain(born.at.to_rfc3339())
                .plain(born.at.to_rfc3339())
                .end();
        }
        rows.send(client).await
    }

    async fn spaces(&mut self, client: &Client) -> anyhow::Result<()> {
        const KINDS: &[&str] = &["COWORKING", "THIRD_PLACE", "FABLAB", "SHARED_OFFICES"];
        let mut rows = Rows::of(
            "coworking_space",
            "id, slug, name, description, surface_m2, desks, publication, created_at, updated_at, \
             published_at, postal_code, commune_insee, latitude, longitude, location_precision, \
             geo_cell, geo_x, geo_y, geo_z",
        );
        let mut kinds = Rows::of("coworking_space_kind", "space_id, kind");
        for number in 0..self.scale.spaces {
            let born = self.birth(number, self.scale.spaces);
            let Some(place) = self.place() else { continue };
            let purpose = self.random.pick_skewed(words::PURPOSES);
            let name = format!("Espace {purpose} de {} {number}", place.name);
            let description = words::text(&mut self.random, 1, 3);
            rows.plain(born.id)
                .plain(format!("{}-s{number}", slug(&name)))
                .text(&name)
                .text(&description)
                .plain(20 + self.random.below(800))
                .plain(2 + self.random.below(80))
                .plain("PUBLISHED")
                .plain(born.at.to_rfc3339())
                .plain(born.at.to_rfc3339())
                .plain(born.at.to_rfc3339());
            self.located(&mut rows, &place);
            rows.end();
            kinds
                .plain(born.id)
                .plain(self.random.pick_skewed(KINDS))
                .end();
        }
        rows.send(client).await?;
        kinds.send(client).await
    }

    async fn sources(&mut self, client: &Client) -> anyhow::Result<()> {
        const FUNDERS: &[&str] = &[
            "STATE",
            "REGION",
            "FOUNDATION",
            "COMMUNE",
            "EUROPEAN_UNION",
            "BANK",
            "CROWDFUNDING_PLATFORM",
        ];
        const FORMS: &[&str] = &["GRANT", "LOAN", "IN_KIND", "GUARANTEE"];
        let mut rows = Rows::of(
            "funding_source",
            "id, slug, name, description, funder_kind, publication, created_at, updated_at, \
             published_at",
        );
        let mut forms = Rows::of("funding_source_form", "funding_source_id, form");
        for number in 0..self.scale.funding_sources {
            let born = self.birth(number, self.scale.funding_sources);
            let purpose = self.random.pick_skewed(words::PURPOSES);
            let description = words::text(&mut self.random, 2, 8);
            rows.plain(born.id)
                .plain(format!("source-{number}"))
                .text(&format!("Aide aux projets {purpose} {number}"))
                .text(&description)
                .plain(self.random.pick_skewed(FUNDERS))
                .plain("PUBLISHED")
                .plain(born.at.to_rfc3339())
                .plain(born.at.to_rfc3339())
                .plain(born.at.to_rfc3339())
                .end();
            forms
                .plain(born.id)
                .plain(self.random.pick_skewed(FORMS))
                .end();
            self.sources.push(born.id);
        }
        rows.send(client).await?;
        forms.send(client).await
    }

    async fn initiatives(
        &mut self,
        client: &Client,
        numbers: std::ops::Range<usize>,
    ) -> anyhow::Result<()> {
        const SCOPES: &[&str] = &[
            "LOCAL",
            "LOCAL",
            "LOCAL",
            "DEPARTMENTAL",
            "REGIONAL",
            "NATIONAL",
        ];
        const STAGES: &[&str] = &["RUNNING", "PREPARATION", "IDEA", "COMPLETED", "PAUSED"];
        const NEEDS: &[&str] = &["FUNDING", "PREMISES", "VOLUNTEERS", "PARTNERS", "ADVICE"];
        let mut rows = Rows::of(
            "initiative",
            "id, slug, title, summary, description, scope, stage, lead_organization_id, \
             jobs_created, people_served, publication, created_at, updated_at, published_at, \
             postal_code, commune_insee, latitude, longitude, location_precision, geo_cell, geo_x, \
             geo_y, geo_z",
        );
        let mut communes = Rows::of("initiative_commune", "initiative_id, commune_insee");
        let mut themes = Rows::of("initiative_theme", "initiative_id, theme_id");
        let mut needs = Rows::of("initiative_need", "initiative_id, need");
        let mut lines = Rows::of(
            "financing_line",
            "id, initiative_id, funding_source_id, status, requested_cents",
        );
        for number in numbers {
            let born = self.birth(number, self.scale.initiatives);
            let Some(place) = self.place() else { continue };
            let kind = self.random.pick_skewed(words::KINDS);
            let purpose = self.random.pick_skewed(words::PURPOSES);
            let title = format!("{kind} {purpose} de {}", place.name);
            let summary = words::sentence(&mut self.random);
            let description = words::text(&mut self.random, 3, 10);
            let organization = self.random.skewed(self.organizations.len(), 2.0);
            let organization = self.organizations.get(organization).copied();
            let publication = match self.random.below(20) {
                0 => "DRAFT",
                1 => "ARCHIVED",
                _ => "PUBLISHED",
            };
            rows.plain(born.id)
                .plain(format!("{}-{number}", slug(&title)))
                .text(&title)
                .text(&summary)
                .text(&description)
                .plain(self.random.pick_skewed(SCOPES))
                .plain(self.random.pick_skewed(STAGES))
                .optional(organization.filter(|_| number % 20 != 7))
                .plain(self.random.skewed(40, 3.0))
                .plain(self.random.skewed(2_000, 3.0))
                .plain(publication)
                .plain(born.at.to_rfc3339())
                .plain(born.at.to_rfc3339())
                .optional((publication != "DRAFT").then(|| born.at.to_rfc3339()));
            self.located(&mut rows, &place);
            rows.end();
            communes.plain(born.id).plain(&place.insee_code).end();
            if let Some(other) = self
                .place()
                .filter(|other| other.insee_code != place.insee_code && number % 5 == 0)
            {
                communes.plain(born.id).plain(&other.insee_code).end();
            }
            for theme in self.distinct(self.themes.len(), 1 + number % 2) {
                if let Some(theme) = self.themes.get(theme) {
                    themes.plain(born.id).plain(theme).end();
                }
            }
            needs
                .plain(born.id)
                .plain(self.random.pick_skewed(NEEDS))
                .end();
            let count = self.random.below(5);
            for source in self.distinct(self.sources.len(), count) {
                let id = self.id();
                let amount = 100_000 * (1 + self.random.skewed(200, 2.0));
                if let Some(source) = self.sources.get(source) {
                    lines
                        .plain(id)
                        .plain(born.id)
                        .plain(source)
                        .plain("REQUESTED")
                        .plain(amount)
                        .end();
                }
            }
        }
        for table in [
            &mut rows,
            &mut communes,
            &mut themes,
            &mut needs,
            &mut lines,
        ] {
            table.send(client).await?;
        }
        Ok(())
    }

    /// Up to `count` numbers below `bound`, small ones more often, none twice.
    fn distinct(&mut self, bound: usize, count: usize) -> Vec<usize> {
        let mut numbers: Vec<usize> = (0..count).map(|_| self.random.skewed(bound, 1.5)).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }
}
