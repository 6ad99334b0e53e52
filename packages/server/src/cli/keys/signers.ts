/** What a signer signs with. */
export interface Signing {
  /** File of the private key. */
  readonly file: string;
  readonly alg: 'RS256' | 'ES256' | 'EdDSA';
  readonly kid: string;
}

/** The frameworks that a signer is printed for, by the word of `--for`. */
export const SIGNERS: Readonly<
  Record<string, { readonly title: string; readonly write: (signing: Signing) => string }>
> = {
  express: { title: 'Express', write: express },
  next: { title: 'Next.js', write: next },
  django: { title: 'Django', write: django },
  rails: { title: 'Rails', write: rails },
};

/** The part of the page: where the chat gets its token, at the beginning and whenever one has expired. */
export const PAGE = `// In the page, beside the rest of window.wxOConfiguration:
identityTokenFunction: async () => (await fetch('/chat-token')).text(),`;

function express({ file, alg, kid }: Signing): string {
  return `// npm install jose
import { readFileSync } from 'node:fs';
import { importPKCS8, SignJWT } from 'jose';

const key = await importPKCS8(readFileSync('${file}', 'utf8'), '${alg}');

app.get('/chat-token', requireLogin, async (req, res) => {
  const token = await new SignJWT({ name: req.user.name, context: { plan: req.user.plan } })
    .setProtectedHeader({ alg: '${alg}', kid: '${kid}' })
    .setSubject(String(req.user.id))
    .setExpirationTime('15m')
    .sign(key);
  res.type('text/plain').set('Cache-Control', 'no-store').send(token);
});`;
}

function next({ file, alg, kid }: Signing): string {
  return `// app/chat-token/route.ts · npm install jose
import { readFileSync } from 'node:fs';
import { importPKCS8, SignJWT } from 'jose';
import { auth } from '@/auth';

const key = importPKCS8(readFileSync('${file}', 'utf8'), '${alg}');

export async function GET() {
  const session = await auth();
  if (!session?.user?.id) return new Response('Sign in first.', { status: 401 });
  const token = await new SignJWT({ name: session.user.name })
    .setProtectedHeader({ alg: '${alg}', kid: '${kid}' })
    .setSubject(session.user.id)
    .setExpirationTime('15m')
    .sign(await key);
  return new Response(token, { headers: { 'Cache-Control': 'no-store' } });
}`;
}

function django({ file, alg, kid }: Signing): string {
  return `# views.py · pip install "pyjwt[crypto]"
import time
from pathlib import Path

import jwt
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.views.decorators.cache import never_cache

KEY = Path("${file}").read_text()


@never_cache
@login_required
def chat_token(request):
    claims = {
        "sub": str(request.user.pk),
        "name": request.user.get_full_name() or request.user.get_username(),
        "exp": int(time.time()) + 15 * 60,
    }
    token = jwt.encode(claims, KEY, algorithm="${alg}", headers={"kid": "${kid}"})
    return HttpResponse(token, content_type="text/plain")

# urls.py
path("chat-token", chat_token),`;
}

function rails({ file, alg, kid }: Signing): string {
  // The gem signs Ed25519 with a class of another gem.
  const [gems, key] =
    alg === 'EdDSA'
      ? ['gem "jwt"; gem "jwt-eddsa"', `JWT::EdDSA::SigningKey.from_pem(File.read("${file}"))`]
      : ['gem "jwt"', `OpenSSL::PKey.read(File.read("${file}"))`];
  return `# app/controllers/chat_tokens_controller.rb · Gemfile: ${gems}
class ChatTokensController < ApplicationController
  before_action :authenticate_user!
  KEY = ${key}

  def show
    claims = { sub: current_user.id.to_s, name: current_user.name, exp: 15.minutes.from_now.to_i }
    response.headers["Cache-Control"] = "no-store"
    render plain: JWT.encode(claims, KEY, "${alg}", { kid: "${kid}" })
  end
end

# config/routes.rb
get "chat-token", to: "chat_tokens#show"`;
}
