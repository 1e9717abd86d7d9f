FROM caddy:2
# A volume takes the owner of the folder it is first mounted on: this lets a proxy without root keep its certificates.
RUN mkdir /certificates && chown 10002:10002 /certificates
COPY Caddyfile /etc/caddy/Caddyfile
USER 10002:10002
