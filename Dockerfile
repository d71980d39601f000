FROM python:3.13-slim
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
COPY requirements.txt requirements-postgres.txt requirements-fast.txt ./
RUN pip install --no-cache-dir -r requirements.txt -r requirements-postgres.txt -r requirements-fast.txt
COPY . .
RUN SECRET_KEY=building-only-0123456789abcdefghijklmnopqrstuvwxyz-0123456789 VAR_DIR=/app/build DEBUG=0 \
      python manage.py collectstatic --no-input -v0 \
 && useradd --system --home /var/lib/traceline traceline \
 && mkdir -p /var/lib/traceline && chown traceline /var/lib/traceline
USER traceline
ENV STATIC_DIR=/app/build/static
EXPOSE 8000
CMD ["gunicorn", "config.wsgi", "--bind", "0.0.0.0:8000"]
