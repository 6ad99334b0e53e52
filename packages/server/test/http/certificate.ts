/** A certificate for `localhost` and `named.example` that nobody trusts, valid from 2020 to 2120, with its key: for tests, and worth nothing elsewhere. */
export const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBUjCB+aADAgECAgEBMAoGCCqGSM49BAMCMBUxEzARBgNVBAMMCkNsZXcgdGVz
dHMwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMBUxEzARBgNVBAMM
CkNsZXcgdGVzdHMwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARYhIdAo/kH3co2
2MwDRZiytfxloTgx7cLE4MylzF+QzgIkrBauas0Gg2muCiFDxktEBLVldhMx1C7x
xkFXEg/PozgwNjAjBgNVHREEHDAagglsb2NhbGhvc3SCDW5hbWVkLmV4YW1wbGUw
DwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiA/9lAeVEgz2w/tCOs/
59kWiixVzzMxIrtianbLMGmdMAIhAMqRPMl3dldWk+QzU5+CH5D7glum+SoLQgT6
Ci9CLl+k
-----END CERTIFICATE-----
`;

export const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgnqC1brtLcZG8mHx4
ERVvHRS3fqWJbbMBrFMU2fLSUcyhRANCAARYhIdAo/kH3co22MwDRZiytfxloTgx
7cLE4MylzF+QzgIkrBauas0Gg2muCiFDxktEBLVldhMx1C7xxkFXEg/P
-----END PRIVATE KEY-----
`;
