import "./reflect-metadata.ts";
import { webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";

/** A certificate and its private key, both PEM. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

/** The cluster's own CA and what it signed: the server's certificate and the administrator's client certificate. */
export interface ClusterCertificates {
  readonly ca: string;
  readonly server: KeyPair;
  readonly admin: KeyPair;
}

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const DAY_MS = 24 * 60 * 60 * 1000;

/** Makes a fresh CA and its certificates (ECDSA P-256). The server's is for 127.0.0.1 and the usual in-cluster names. */
export async function createCertificates(now: Date = new Date()): Promise<ClusterCertificates> {
  const notBefore = new Date(now.getTime() - DAY_MS);
  const notAfter = new Date(now.getTime() + 365 * DAY_MS);
  const caKeys = await generateKeys();
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    ...{ serialNumber: "01", name: "CN=kubernetes", notBefore, notAfter, keys: caKeys, signingAlgorithm: ALGORITHM },
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.digitalSignature, true),
      await x509.SubjectKeyIdentifierExtension.create(caKeys.publicKey),
    ],
  });
  const signed = async (serialNumber: string, subject: string, extensions: x509.Extension[]): Promise<KeyPair> => {
    const keys = await generateKeys();
    const certificate = await x509.X509CertificateGenerator.create({
      ...{ serialNumber, subject, issuer: ca.subject, notBefore, notAfter, extensions },
      ...{ publicKey: keys.publicKey, signingKey: caKeys.privateKey, signingAlgorithm: ALGORITHM },
    });
    const key = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
    return { certificate: certificate.toString("pem"), key: x509.PemConverter.encode(key, "PRIVATE KEY") };
  };
  const usage = (purpose: x509.ExtendedKeyUsage) => new x509.ExtendedKeyUsageExtension([purpose]);
  return {
    ca: ca.toString("pem"),
    server: await signed("02", "CN=kube-apiserver", [
      usage(x509.ExtendedKeyUsage.serverAuth),
      new x509.SubjectAlternativeNameExtension([
        { type: "ip", value: "127.0.0.1" },
        { type: "dns", value: "localhost" },
        { type: "dns", value: "kubernetes" },
        { type: "dns", value: "kubernetes.default.svc" },
      ]),
    ]),
    admin: await signed("03", "O=system:masters, CN=muster-admin", [usage(x509.ExtendedKeyUsage.clientAuth)]),
  };
}

function generateKeys() {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
}
