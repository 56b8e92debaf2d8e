# Images that stand in for Docker's official ones where no registry is to be had: same users, folders, variables and entry points, from Debian's packages.
FROM localhost/mcp-analytics-debian:current AS node
RUN groupadd --gid 1000 node && useradd --uid 1000 --gid node --shell /bin/bash --create-home node
COPY node/ /usr/local/
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["node"]

FROM localhost/mcp-analytics-debian:current AS services
RUN mkdir -p /etc/postgresql-common \
 && echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf \
 && apt-get update --quiet \
 && apt-get install --yes --quiet --no-install-recommends postgresql redis-server \
 && rm -rf /var/lib/apt/lists/* \
 && ln -s /usr/lib/postgresql/*/bin /usr/lib/postgresql/bin \
 && install -d -o postgres -g postgres -m 1777 /var/lib/postgresql/data \
 && install -d -o postgres -g postgres -m 3777 /var/run/postgresql \
 && install -d -o redis -g redis /data

FROM services AS postgres
COPY postgres-entrypoint.sh /usr/local/bin/docker-entrypoint.sh
ENV PGDATA=/var/lib/postgresql/data \
    PATH=/usr/lib/postgresql/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
VOLUME /var/lib/postgresql/data
EXPOSE 5432
STOPSIGNAL SIGINT
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["postgres"]

FROM services AS redis
WORKDIR /data
VOLUME /data
EXPOSE 6379
CMD ["redis-server"]
