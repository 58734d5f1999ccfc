//! The words of generated texts: French of the social and solidarity economy, the first
//! of each list much more frequent than the last.

use super::random::Random;

pub const KINDS: &[&str] = &[
    "Épicerie solidaire",
    "Jardin partagé",
    "Recyclerie",
    "Atelier vélo",
    "Tiers-lieu",
    "Café associatif",
    "Crèche parentale",
    "Conciergerie de quartier",
    "Chantier d'insertion",
    "Plateforme d'entraide",
    "Repair café",
    "Coopérative alimentaire",
    "Garage solidaire",
    "Ressourcerie",
    "Fablab",
    "Colocation intergénérationnelle",
    "Autopartage",
    "Compost collectif",
    "Auto-école sociale",
    "Blanchisserie d'insertion",
    "Monnaie locale",
    "Habitat participatif",
    "Légumerie",
    "Médiation numérique",
    "Transport à la demande",
    "Bricothèque",
    "Théâtre forum",
    "Micro-crèche",
    "Restaurant d'application",
    "Ferme urbaine",
    "Coopérative d'énergie",
    "Radio locale",
];

pub const PURPOSES: &[&str] = &[
    "pour tous",
    "des habitants",
    "du quartier",
    "des familles",
    "des jeunes",
    "des aînés",
    "de proximité",
    "des demandeurs d'emploi",
    "des bords de Seine",
    "des étudiants",
    "des indépendants",
    "des aidants",
    "des associations",
    "du centre-ville",
    "des parents",
    "du marché",
    "des locataires",
    "des artisans",
    "de la gare",
    "du parc",
];

const SUBJECTS: &[&str] = &[
    "L'association",
    "La coopérative",
    "Le collectif d'habitants",
    "La structure d'insertion",
    "Le réseau local",
    "La régie de quartier",
    "Un groupe de bénévoles",
    "La fondation",
    "Le groupement d'employeurs",
    "La mutuelle",
];

const VERBS: &[&str] = &[
    "accompagne",
    "réunit",
    "propose",
    "anime",
    "développe",
    "met en relation",
    "soutient",
    "forme",
    "accueille",
    "équipe",
    "collecte",
    "répare",
    "redistribue",
    "transforme",
    "mutualise",
    "héberge",
];

const OBJECTS: &[&str] = &[
    "les habitants du quartier",
    "des personnes éloignées de l'emploi",
    "les porteurs de projet",
    "des ateliers ouverts à tous",
    "les familles monoparentales",
    "des objets destinés au rebut",
    "les personnes âgées isolées",
    "des produits frais en circuit court",
    "les jeunes sans diplôme",
    "des vélos abandonnés",
    "les aînés de la commune",
    "des appareils électroménagers",
    "les bénéficiaires de minima sociaux",
    "des meubles de seconde main",
    "les associations sportives",
    "des surplus alimentaires",
    "les personnes en situation de handicap",
    "une ressourcerie ouverte le samedi",
    "des matériaux de chantier",
    "les aidants familiaux",
    "des ordinateurs reconditionnés",
    "les réfugiés statutaires",
    "des livres et des jouets",
    "les nouveaux arrivants",
];

const CIRCUMSTANCES: &[&str] = &[
    "avec le soutien de la commune",
    "dans un local prêté par le bailleur",
    "grâce à des bénévoles",
    "toute l'année",
    "en lien avec les écoles",
    "autour d'un repas partagé",
    "dans une démarche de développement durable",
    "avec des tarifs solidaires",
    "près de la gare",
    "pour rompre l'isolement",
    "afin de réduire les déchets",
    "pour faciliter la mobilité",
    "dans les communes voisines",
    "avec un chantier d'insertion",
    "sur rendez-vous",
    "en partenariat avec la mission locale",
    "pour lutter contre le gaspillage",
    "selon un modèle coopératif",
    "avec une monnaie locale",
    "au pied des immeubles",
];

const SYLLABLES: &[&str] = &[
    "ba", "cor", "del", "fa", "gri", "lou", "mar", "ni", "per", "qui", "ro", "sau", "ti", "val",
    "vé", "zan",
];

/// A word that few texts have, such as a place name.
fn rare(random: &mut Random) -> String {
    let mut word: String = (0..3).map(|_| random.pick(SYLLABLES)).collect();
    if random.chance(0.3) {
        word.push('s');
    }
    word
}

/// One sentence.
pub fn sentence(random: &mut Random) -> String {
    let mut sentence = format!(
        "{} {} {} {}",
        random.pick_skewed(SUBJECTS),
        random.pick_skewed(VERBS),
        random.pick_skewed(OBJECTS),
        random.pick_skewed(CIRCUMSTANCES),
    );
    if random.chance(0.25) {
        sentence.push_str(" à ");
        sentence.push_str(&rare(random));
    }
    sentence.push('.');
    sentence
}

/// Sentences, `least` to `most` of them.
pub fn text(random: &mut Random, least: usize, most: usize) -> String {
    let count = least + random.below(most.saturating_sub(least) + 1);
    let sentences: Vec<String> = (0..count).map(|_| sentence(random)).collect();
    sentences.join(" ")
}
