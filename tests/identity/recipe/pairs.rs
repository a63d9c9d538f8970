//! Names that belong together: variants, nicknames, slips, twins; and names from elsewhere.

/// First name or surname as one writes it and as another does; both are right.
pub(super) const VARIANTS: &[(&str, &str, bool)] = &[
    ("Luiz", "Luis", false),
    ("Thiago", "Tiago", false),
    ("Matheus", "Mateus", false),
    ("Victor", "Vitor", false),
    ("Raphael", "Rafael", false),
    ("Luiza", "Luísa", true),
    ("Tereza", "Teresa", true),
    ("Isabella", "Isabela", true),
    ("Nathália", "Natália", true),
    ("Thaís", "Taís", true),
    ("Esther", "Ester", true),
    ("Ruth", "Rute", true),
    ("Deborah", "Débora", true),
    ("Sarah", "Sara", true),
    ("Wagner", "Vagner", false),
    ("Walter", "Valter", false),
    ("Marcello", "Marcelo", false),
    ("Kátia", "Cátia", true),
];
pub(super) const SURNAME_VARIANTS: &[(&str, &str)] = &[
    ("Souza", "Sousa"),
    ("Mello", "Melo"),
    ("Mattos", "Matos"),
    ("Motta", "Mota"),
    ("Moraes", "Morais"),
    ("Rezende", "Resende"),
    ("Menezes", "Meneses"),
    ("Britto", "Brito"),
    ("Vasconcellos", "Vasconcelos"),
    ("Queiroz", "Queirós"),
    ("Corrêa", "Correia"),
];

/// Nickname, the name behind it, a woman's.
pub(super) const NICKNAMES: &[(&str, &str, bool)] = &[
    ("Beto", "Roberto", false),
    ("Zé", "José", false),
    ("Chico", "Francisco", false),
    ("Toninho", "Antônio", false),
    ("Nando", "Fernando", false),
    ("Edu", "Eduardo", false),
    ("Rafa", "Rafael", false),
    ("Léo", "Leonardo", false),
    ("Gui", "Guilherme", false),
    ("Dani", "Daniela", true),
    ("Gabi", "Gabriela", true),
    ("Bia", "Beatriz", true),
    ("Carol", "Carolina", true),
    ("Tati", "Tatiana", true),
    ("Pati", "Patrícia", true),
    ("Nanda", "Fernanda", true),
    ("Ju", "Juliana", true),
    ("Rafa", "Rafaela", true),
];

/// A first name, a slip of one letter that is no other name, a woman's.
pub(super) const SLIPS: &[(&str, &str, bool)] = &[
    ("Fernando", "Fernado", false),
    ("Guilherme", "Guilerme", false),
    ("Alexandre", "Alexanddre", false),
    ("Rodrigo", "Rodrrigo", false),
    ("Leonardo", "Leonatdo", false),
    ("Francisco", "Francisxo", false),
    ("Anderson", "Andersom", false),
    ("Sebastião", "Sebatião", false),
    ("Henrique", "Henrrique", false),
    ("Gustavo", "Gustsvo", false),
    ("Gabriela", "Gabrielz", true),
    ("Vanessa", "Vanesssa", true),
    ("Letícia", "Letticia", true),
    ("Rosângela", "Rosangla", true),
    ("Beatriz", "Beatrriz", true),
    ("Priscila", "Prisila", true),
    ("Cristiane", "Crisstiane", true),
    ("Elisângela", "Elisangels", true),
    ("Raimunda", "Raimumda", true),
    ("Patrícia", "Patrícis", true),
];

/// Two first names that differ in one letter: a woman's and a man's.
pub(super) const ONE_LETTER_APART: &[(&str, &str)] = &[
    ("Maria", "Mario"),
    ("Paula", "Paulo"),
    ("Renata", "Renato"),
    ("Fernanda", "Fernando"),
    ("Adriana", "Adriano"),
    ("Luciana", "Luciano"),
    ("Márcia", "Márcio"),
    ("Cláudia", "Cláudio"),
    ("Júlia", "Júlio"),
    ("Bruna", "Bruno"),
    ("Marcela", "Marcelo"),
    ("Fabiana", "Fabiano"),
    ("Antônia", "Antônio"),
    ("Eduarda", "Eduardo"),
    ("Roberta", "Roberto"),
];
/// A slip that is one letter from both of two first names (woman, man).
pub(super) const HALF_NAMES: &[(&str, &str, &str)] = &[
    ("Renat", "Renata", "Renato"),
    ("Fernand", "Fernanda", "Fernando"),
    ("Eduard", "Eduarda", "Eduardo"),
    ("Brun", "Bruna", "Bruno"),
    ("Márci", "Márcia", "Márcio"),
    ("Cláudi", "Cláudia", "Cláudio"),
    ("Robert", "Roberta", "Roberto"),
    ("Lucian", "Luciana", "Luciano"),
    ("Fernandi", "Fernanda", "Fernando"),
    ("Adrianp", "Adriana", "Adriano"),
];

/// Twins whose names are alike: a careless reader takes one for the other. The first typed, the
/// second on the contact.
pub(super) const TWINS_ALIKE: &[(&str, &str)] = &[
    ("Ana Clara", "Ana Carla"),
    ("João Pedro", "João Paulo"),
    ("Maria Clara", "Maria Carla"),
    ("Luiz Felipe", "Luiz Fernando"),
    ("Maria Eduarda", "Maria Fernanda"),
    ("Ana Paula", "Ana Carolina"),
    ("José Carlos", "José Marcos"),
    ("Ana Lúcia", "Ana Luíza"),
    ("Pedro Henrique", "Pedro Augusto"),
    ("Daniel", "Daniela"),
    ("Diego", "Diogo"),
];
pub(super) const TWINS_OTHER: &[(&str, &str)] = &[
    ("Cosme", "Damião"),
    ("Rafael", "Miguel"),
    ("Larissa", "Letícia"),
    ("Lucas", "Mateus"),
    ("Camila", "Carolina"),
    ("Vitor", "Vinícius"),
    ("Bruna", "Bianca"),
    ("Caio", "Cauê"),
    ("Pedro", "Paulo"),
    ("Marina", "Melissa"),
];

/// Given names and surnames of people from elsewhere, as they write them.
pub(super) const FOREIGN: &[(&str, &str)] = &[
    ("Yuki", "Tanaka"),
    ("Kenji", "Watanabe"),
    ("Giuseppe", "Bianchi"),
    ("Francesca", "Esposito"),
    ("Jürgen", "Weiß"),
    ("Hans", "Schröder"),
    ("François", "Lefèvre"),
    ("Nguyen", "Pham"),
    ("Mohamed", "Haddad"),
    ("Layla", "Khoury"),
    ("Svetlana", "Ivanova"),
    ("Agnieszka", "Kowalska"),
    ("Seung", "Park"),
    ("Abdoulaye", "Diallo"),
    ("Søren", "Lindqvist"),
    ("Concepción", "Ibáñez"),
    ("William", "Thompson"),
    ("Nicoletta", "De Santis"),
    ("Ximena", "Echeverría"),
    ("Olu", "Adeyemi"),
];

/// Surnames with an apostrophe or a hyphen, and how a provider writes them.
pub(super) const APOSTROPHES: &[(&str, &str)] = &[
    ("D'Ávila", "D AVILA"),
    ("Sant'Anna", "SANT ANNA"),
    ("D'Ângelo", "D'ANGELO"),
    ("Sant’Ana", "SANT'ANA"),
    ("Villas-Bôas", "VILLAS BOAS"),
    ("Castello-Branco", "CASTELLO BRANCO"),
    ("O'Connor", "O'CONNOR"),
    ("Vilas Boas", "VILAS-BOAS"),
];
