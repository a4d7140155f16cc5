# One static binary on nothing, run by nobody. /data holds monitor.yaml, if there is
# one, and the database:
#
#   docker build -t monitor .
#   docker run --rm monitor demo
#   docker run -d --name monitor -v monitor:/data -e SLACK_BOT_TOKEN monitor

FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=devel
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=${VERSION}" -o /out/monitor ./cmd/monitor \
 && mkdir -p /out/data /out/tmp && chmod 1777 /out/tmp

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /out/monitor /usr/bin/monitor
COPY --from=build --chown=65532:65532 /out/data /data
COPY --from=build /out/tmp /tmp
USER 65532:65532
WORKDIR /data
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=1m --timeout=10s --start-period=20s CMD ["/usr/bin/monitor", "doctor", "--quick"]
ENTRYPOINT ["/usr/bin/monitor"]
CMD ["run"]
