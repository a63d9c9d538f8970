//! The answers that the OpenAPI document shows: of one of the demo's invented people.

use serde_json::{Value, json};

/// One person.
pub(super) fn customer() -> Value {
    json!({
        "source": "rust-c2s-api",
        "type": "customer",
        "personal_info": {
            "cpf": "48881932822",
            "name": "ALINE SILVEIRA DOS MACHADO",
            "birth_date": "1983-06-15",
            "gender": "F",
            "mother_name": "LUANA FERNANDES XAVIER",
            "father_name": "ARTUR MENDES PEREIRA",
            "marital_status": null,
            "rg": "SP-45853853",
            "voter_id": "140345853853"
        },
        "contact_info": {
            "emails": [
                {
                    "email": "aline.machado2@example.com",
                    "is_valid": null,
                    "source": "work_api"
                }
            ],
            "phones": [
                {
                    "phone": "11966871403",
                    "ddd": "11",
                    "operator": "OPERADORA A",
                    "type": "TELEFONE MÓVEL",
                    "is_valid": true,
                    "source": "work_api"
                }
            ]
        },
        "addresses": [
            {
                "street": "R MODELO",
                "number": "1041",
                "complement": null,
                "neighborhood": "BAIRRO EXEMPLO 2",
                "city": "CIDADE EXEMPLO",
                "state": "SP",
                "cep": "01004595",
                "source": "work_api"
            },
            {
                "street": "DO CADASTRO RUIM",
                "number": null,
                "complement": null,
                "neighborhood": null,
                "city": "CIDADE EXEMPLO",
                "state": null,
                "cep": null,
                "source": "work_api"
            }
        ],
        "financial_info": {
            "income_centavos": 1_559_173,
            "income_band": "De R$ 1630 até R$ 4082",
            "credit_score": 353,
            "credit_risk": "MEDIO"
        },
        "interests": null,
        "wealth_assessment": {
            "purchasing_power": "MEDIO"
        },
        "metadata": {
            "enriched": true,
            "sources": [
                "work_api"
            ],
            "timestamp": "2026-11-24T12:00:00.000Z",
            "modules_consulted": [
                "cpf"
            ]
        }
    })
}

/// People who may be meant.
pub(super) fn candidates() -> Value {
    json!({
        "source": "rust-c2s-api",
        "type": "candidates",
        "candidates": [
            {
                "id": "0199a3c2-7d6c-74b2-bd9f-a8e4e43804b3",
                "name": "ALINE SILVEIRA DOS MACHADO",
                "cpf": "***.819.328-**",
                "score": 100
            }
        ],
        "truncated": false,
        "next_cursor": null,
        "metadata": {
            "enriched": false,
            "sources": [
                "local_db"
            ],
            "timestamp": "2026-11-24T12:00:00.000Z",
            "modules_consulted": []
        }
    })
}

/// A stored person.
pub(super) fn stored() -> Value {
    json!({
        "customer": {
            "id": "0199a3c2-7d6c-74b2-bd9f-a8e4e43804b3",
            "cpf": "48881932822",
            "name": "ALINE SILVEIRA DOS MACHADO",
            "birth_date": "1983-06-15",
            "gender": "F",
            "mother_name": "LUANA FERNANDES XAVIER",
            "father_name": "ARTUR MENDES PEREIRA",
            "marital_status": null,
            "rg": "SP-45853853",
            "voter_id": "140345853853",
            "created_at": "2026-11-24T12:00:00.000Z",
            "updated_at": "2026-11-24T12:00:00.000Z"
        },
        "emails": [
            {
                "email": "aline.machado2@example.com",
                "is_valid": null,
                "source": "work_api"
            }
        ],
        "phones": [
            {
                "phone": "11966871403",
                "ddd": "11",
                "operator": "OPERADORA A",
                "type": "TELEFONE MÓVEL",
                "is_valid": true,
                "source": "work_api"
            }
        ],
        "addresses": [
            {
                "street": "R MODELO",
                "number": "1041",
                "complement": null,
                "neighborhood": "BAIRRO EXEMPLO 2",
                "city": "CIDADE EXEMPLO",
                "state": "SP",
                "cep": "01004595",
                "source": "work_api"
            },
            {
                "street": "DO CADASTRO RUIM",
                "number": null,
                "complement": null,
                "neighborhood": null,
                "city": "CIDADE EXEMPLO",
                "state": null,
                "cep": null,
                "source": "work_api"
            }
        ],
        "enrichment": {
            "provider": "work_api",
            "enriched_at": "2026-11-24T12:00:00.000Z",
            "expires_at": "2026-12-24T12:00:00.000Z",
            "completeness_percent": 89,
            "financial_info": {
                "income_centavos": 1_559_173,
                "income_band": "De R$ 1630 até R$ 4082",
                "credit_score": 353,
                "credit_risk": "MEDIO"
            },
            "wealth_assessment": {
                "purchasing_power": "MEDIO"
            }
        }
    })
}

/// The vendor's object.
pub(super) fn vendor() -> Value {
    json!({
        "DadosBasicos": {
            "cpf": "48881932822",
            "dataNascimento": "1983-06-15 00:00:00",
            "escolaridade": "SEM INFORMAÇÃO",
            "estadoCivil": "SEM INFORMAÇÃO",
            "nacionalidade": "BRASILEIRA",
            "nome": "ALINE SILVEIRA DOS MACHADO",
            "nomeMae": "LUANA FERNANDES XAVIER",
            "nomePai": "ARTUR MENDES PEREIRA",
            "obito": {
                "dataObito": "SEM INFORMAÇÃO",
                "obito": "NÃO"
            },
            "sexo": "F - FEMININO",
            "situacaoCadastral": {
                "codigoSituacaoCadastral": "0",
                "dataSituacaoCadastral": "2020-01-01 00:00:00",
                "descricaoSituacaoCadastral": "REGULAR"
            }
        },
        "DadosEconomicos": {
            "poderAquisitivo": {
                "codigoFaixaRenda": "03",
                "codigoPoderAquisitivo": "3",
                "faixaPoderAquisitivo": "De R$ 1630 até R$ 4082",
                "poderAquisitivoDescricao": "MEDIO",
                "rendaPoderAquisitivo": "15591,73"
            },
            "renda": "15591,73",
            "score": {
                "scoreCSB": "353",
                "scoreCSBA": "353",
                "scoreCSBAFaixaRisco": "MEDIO RISCO",
                "scoreCSBFaixaRisco": "MEDIO"
            }
        },
        "emails": [
            {
                "blacklist": "NÃO",
                "email": "aline.machado2@example.com",
                "emailPessoal": "SIM",
                "prioridade": "MUITO ALTA",
                "qualidade": "OTIMO"
            }
        ],
        "telefones": [
            {
                "operadora": "OPERADORA A",
                "status": "ATIVO",
                "telefone": "11966871403",
                "tipo": "TELEFONE MÓVEL",
                "whatsapp": "SIM"
            }
        ],
        "enderecos": [
            {
                "bairro": "BAIRRO EXEMPLO 2",
                "cep": "01004595",
                "cidade": "CIDADE EXEMPLO",
                "complemento": "",
                "logradouro": "MODELO",
                "logradouroNumero": "1041",
                "tipoLogradouro": "R",
                "uf": "SP"
            },
            {
                "bairro": "",
                "cep": "0100-00",
                "cidade": "CIDADE EXEMPLO",
                "complemento": "SEM INFORMAÇÃO",
                "logradouro": "DO CADASTRO RUIM",
                "logradouroNumero": "S/N",
                "tipoLogradouro": "",
                "uf": "XX9"
            }
        ],
        "empresas": [],
        "profissao": {
            "cbo": "000000",
            "cboDescricao": "PROFISSAO EXEMPLO"
        },
        "registroGeral": {
            "dataEmissao": "2000-01-01",
            "numero": "SP-45853853",
            "orgaoEmissor": "SSP-SP"
        },
        "tituloEleitor": {
            "secaoTitulo": 1,
            "tituloEleitorNumero": 140_345_853_853_u64,
            "zonaTitulo": 1
        }
    })
}
