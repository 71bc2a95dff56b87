# What the pages load, at the versions of the lock file.
FROM node:22-slim AS packages
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci && mkdir -p node_modules

FROM python:3.11-slim AS app
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
RUN useradd --system --uid 10001 --home-dir /app review \
    && install -d -o review -g review /data /data/media
WORKDIR /app
COPY requirements.lock ./
RUN pip install --no-cache-dir --require-hashes -r requirements.lock
COPY . .
COPY --from=packages /build/node_modules ./node_modules
# A key for this one step; the running container is given its own.
RUN SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(64))')" \
    ALLOWED_HOSTS=build.invalid python manage.py collectstatic --noinput -v0 \
    && rm -rf node_modules .state
ENV MEDIA_ROOT=/data/media
USER review
EXPOSE 8000
CMD ["gunicorn", "ifi_review.wsgi:application", "--bind", "0.0.0.0:8000", \
     "--worker-class", "gthread", "--workers", "2", "--threads", "4", \
     "--forwarded-allow-ips", "", "--worker-tmp-dir", "/dev/shm", "--no-control-socket", "--log-level", "warning"]
