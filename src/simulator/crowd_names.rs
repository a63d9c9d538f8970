//! Brazilian names from the most to the least common, roughly: the many are drawn from these.

pub(super) const WOMEN: &str = "\
Maria Ana Francisca Antônia Adriana Juliana Márcia Fernanda Patrícia Aline Sandra Camila Amanda Bruna Jéssica Letícia \
Júlia Luciana Vanessa Mariana Gabriela Vera Vitória Larissa Cláudia Beatriz Rita Luana Sônia Renata Eliane Josefa Simone \
Natália Cristiane Carla Débora Rosângela Jaqueline Rosa Daniela Aparecida Marlene Terezinha Raimunda Andréia Fabiana Lúcia \
Raquel Ângela Rafaela Joana Luzia Elaine Daniele Regina Carolina Luíza Sabrina Isabela Viviane Gabrielle Michele Tatiana \
Cristina Helena Teresa Rosana Bianca Sílvia Priscila Tânia Paula Roberta Marina Edna Rebeca Alice Ester Eduarda Lorena \
Valéria Marli Solange Cíntia Neusa Ivone Clara Sara Tereza Sueli Rosimeire Maísa Cecília Talita Elisângela Kelly Mônica \
Denise Flávia Alessandra Inês Marta Benedita Sebastiana Zilda Laís Irene Lívia Thaís Milena Elza Ivanilda Conceição Eva \
Madalena Glória Olga Nair Dalva Noemi Iracema Lourdes Severina Geralda Célia Nádia Manuela Karina Estela Heloísa Yasmin \
Emanuele Pietra Antonela Valentina Sofia Lara Melissa Nicole Stefany Tainá Ingrid Ágata Zuleica Odete Jandira Creusa \
Ivete Leila Magda Norma Quitéria Rute Salete Úrsula Violeta Wanda Xênia Yolanda Zélia";

pub(super) const MEN: &str = "\
José João Antônio Francisco Carlos Paulo Pedro Lucas Luiz Marcos Luís Gabriel Rafael Daniel Marcelo Bruno Eduardo Felipe \
Raimundo Rodrigo Manoel Mateus André Fernando Fábio Leonardo Gustavo Guilherme Leandro Tiago Anderson Ricardo Márcio Jorge \
Sebastião Alexandre Roberto Edson Diego Vítor Sérgio Cláudio Matheus Geraldo Adriano Júlio Renato Vinícius Alex Rogério \
Samuel Ronaldo Mário Flávio Douglas Igor Davi Manuel Jeferson Cícero Victor Miguel Robson Mauro Danilo Henrique Caio \
Reginaldo Joaquim Benedito Gilberto Marco Alan Nelson Cristiano Elias Wilson Valdir Emerson Luan David Renan Severino \
Fabrício Mauricio Jonas Gilmar Jean Fabiano Wesley Diogo Adilson Jair Alessandro Everton Osvaldo Gilson Willian Joel \
Sílvio Hélio Maicon Reinaldo Pablo Artur Vagner Valter Celso Ivan Cleiton Vanderlei Vicente Arthur Milton Domingos Wagner \
Sandro Moisés Edilson Ademir Adão Evandro César Valmir Murilo Juliano Edvaldo Ailton Juan Breno Hugo Ramon Heitor \
Bernardo Enzo Otávio Nicolas Isaac Caetano Zacarias Ubirajara Quirino Xavier Yuri Washington Tobias Silvano Raul Orlando \
Nivaldo Lázaro Kleber Jacinto Irineu Horácio Genésio Frederico Eugênio Damião Cândido Baltazar Amâncio";

pub(super) const SURNAMES: &str = "\
Silva Santos Oliveira Souza Pereira Ferreira Lima Alves Rodrigues Costa Gomes Ribeiro Martins Carvalho Almeida Soares \
Lopes Fernandes Vieira Barbosa Rocha Dias Nascimento Andrade Moreira Nunes Marques Machado Mendes Freitas Cardoso Ramos \
Gonçalves Santana Teixeira Araújo Pinto Cavalcante Monteiro Moura Correia Batista Campos Borges Castro Reis Melo Cruz \
Barros Sousa Azevedo Medeiros Moraes Miranda Brito Tavares Farias Xavier Pires Cunha Duarte Sales Rezende Fonseca Matos \
Macedo Nogueira Guimarães Siqueira Bezerra Aguiar Coelho Figueiredo Leite Queiroz Viana Neves Magalhães Assis Bastos \
Damasceno Brandão Amaral Paiva Sampaio Prado Leal Toledo Vasconcelos Franco Porto Braga Amorim Sá Cordeiro Camargo Motta \
Antunes Torres Chaves Peixoto Pacheco Dantas Coutinho Silveira Maciel Rangel Bueno Luz Bittencourt Godoy Furtado Lacerda \
Simões Esteves Vargas Valente Mesquita Novais Lemos Arruda Pessoa Caldeira Barreto Linhares Maia Holanda Galvão Trindade \
Pimentel Diniz Menezes Feitosa Falcão Veloso Paes Salgado Bonfim Conceição Evangelista Leão Serra Guerra Fontes Abreu \
Muniz Pontes Sena Vidal Paz Rosa Garcia Lira Meireles Paixão Parente Pedrosa Quintanilha Rego Sobral Tenório Uchôa \
Veiga Werneck Zanetti Bianchi Rossi Ferrari Russo Romano Colombo Ricci Marino Greco Conti Mancini Fontana Moretti \
Schmidt Schneider Müller Weber Becker Hoffmann Wagner Klein Schulz Krüger Tanaka Sato Suzuki Yamamoto Nakamura Kobayashi \
Watanabe Takahashi Kowalski Nowak Haddad Khoury Nasser Mansur Abdalla Salim Gallo Bernardi Pellegrini Sartori Zanella \
Dalla Bertoldi Perin Gasparini Cattani Fagundes Goulart Escobar Bitencourt Saldanha Cabral Malta Bandeira Seixas \
Quadros Ávila Ornelas Padilha Quevedo Rabelo Tinoco Ulhôa Varela Ximenes Zamboni Alencar Benevides Carneiro Delgado \
Estrela Frota Gusmão Henriques Inácio Jardim Lobato Mourão Noronha Osório Portela Quaresma Ventura Wanderley Amarante \
Barcelos Cerqueira Dornelas Espíndola Felício Gadelha Heringer Imperial Junqueira Laranjeira Mascarenhas Negreiros \
Oliva Pitanga Quintela Ricardo Sarmento Taveira Urbano Vilela Zagallo Aragão Boaventura Calixto Domingues Eustáquio \
Florêncio Gouveia Hipólito Jatobá Lustosa Machinski Nóbrega Ourique Pinheiro Rebouças Severo Tibúrcio Valadares";

pub(super) const SUFFIXES: &[&str] = &["Filho", "Júnior", "Neto", "Sobrinho"];

/// What the rare names are put together from.
pub(super) const SYLLABLES: &[&str] = &[
    "al", "be", "bra", "ca", "cle", "co", "da", "del", "di", "do", "el", "fa", "fre", "ga", "gil",
    "gra", "ja", "jo", "ke", "la", "li", "lo", "lu", "ma", "mer", "mi", "na", "ne", "nil", "ra",
    "re", "ri", "ro", "sa", "sil", "so", "ta", "te", "ti", "va", "vi", "wal", "zi", "zu",
];
pub(super) const RARE_ENDINGS: &[&str] = &[
    "nio", "lda", "ton", "son", "neide", "mar", "rino", "delli", "nski", "vaz", "mura", "lho",
];
